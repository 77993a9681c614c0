/** FireClaims.getClaimed(), on each database and the testing kit's store: what became of a claim whose answer was lost. */
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { portsOn } from '../support/database-foundation.ts';
import { describeOnEveryStore } from '../support/databases.ts';
import { armJob, dueFire, succeeded } from './samples.ts';

describeOnEveryStore('FireClaims.getClaimed()', (database) => {
  const claims = () => portsOn(database()).claims;
  const executions = () => portsOn(database()).executions;

  it('finds the runs of the instance that are RUNNING still', async () => {
    const config = await armJob(database());
    const { runs } = await claims().claim('instance-a', [dueFire(config)]);
    const ids = [runs[0]!.id, randomUUID()];
    const found = await claims().getClaimed('instance-a', ids);
    const { lastSuccessAt: _lastSuccessAt, ...run } = runs[0]!;
    expect(found).toEqual([expect.objectContaining(run)]);
    expect(await claims().getClaimed('instance-b', ids)).toEqual([]);
    await executions().update(runs[0]!, succeeded(runs[0]!));
    expect(await claims().getClaimed('instance-a', ids)).toEqual([]);
    expect(await claims().getClaimed('instance-a', [])).toEqual([]);
  });

  it('is asked about as many as may be held at once', async () => {
    const config = await armJob(database());
    const { runs } = await claims().claim('instance-a', [dueFire(config)]);
    const ids = Array.from({ length: 70_000 }, () => randomUUID());
    expect(await claims().getClaimed('instance-a', [...ids, runs[0]!.id])).toHaveLength(1);
  });
});
