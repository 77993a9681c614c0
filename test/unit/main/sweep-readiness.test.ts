/** What a Worker says of itself, over a real database. */
import { expect, it } from 'vitest';
import { SweepReadiness } from '../../../src/main/sweep-readiness.ts';
import { PostgresFireClaims } from '../../../src/modules/foundation/infrastructure/persistence/postgres-fire-claims.ts';
import { armJob } from '../../conformance/samples.ts';
import { openPostgres } from '../../support/databases.ts';

it('SweepReadiness is normal, degraded where nobody sweeps, and degraded where the database is away', async () => {
  const database = await openPostgres();
  const readiness = new SweepReadiness(database, new PostgresFireClaims(database));
  await armJob(database, { nextFireAt: new Date(Date.now() - 60_000) });
  await readiness.look(null);
  expect(readiness.report()).toMatchObject({ mode: 'normal' });
  await armJob(database, { nextFireAt: new Date(Date.now() - 200_000) });
  await readiness.look(null);
  expect(readiness.report()).toMatchObject({ mode: 'degraded' });
  expect(readiness.report().checks.find(({ ok }) => !ok)?.detail).toMatch(/nobody sweeps/);
  await readiness.look(new Error('it could not be opened'));
  expect(readiness.report().checks).toMatchObject([{ name: 'database', ok: false }]);
  await database.close();
});
