/** Keys of repeated requests. On each database. */
import { randomUUID } from 'node:crypto';
import { type SQL, sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { PostgresIdempotencyKeys } from '../../src/modules/foundation/infrastructure/persistence/postgres-idempotency-keys.ts';
import { PostgresPendingRuns } from '../../src/modules/foundation/infrastructure/persistence/postgres-pending-runs.ts';
import { describeOnEveryDatabase } from '../support/databases.ts';
import { holdLeases, pendingRunsOf, saveJob } from './samples.ts';

const answer = { status: 202, headers: { location: '/x' }, body: { id: 'a', list: [1, null, '你好'] } };

describeOnEveryDatabase('PostgresIdempotencyKeys', (database) => {
  const keys = () => new PostgresIdempotencyKeys(database());
  const requestOf = (over: object = {}) => ({
    ...{ scope: 'operator POST /x', key: randomUUID(), requestHash: 'h' },
    ...over,
  });
  const age = (key: string, assignment: SQL) =>
    database().rows(sql`update scheduler_idempotency_key set ${assignment} where key = ${key}`);
  const seedOf = async (request: ReturnType<typeof requestOf>) => {
    const claim = await keys().take(request);
    return claim.kind === 'taken' ? claim.seed : claim.kind;
  };

  it('take() gives a key to one of many at once', async () => {
    const request = requestOf();
    const kinds = (await Promise.all(Array.from({ length: 8 }, () => keys().take(request)))).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'taken')).toHaveLength(1);
    expect(kinds.filter((kind) => kind === 'inFlight')).toHaveLength(7);
  });

  it('take() gives back what was kept, to the same request alone', async () => {
    const request = requestOf();
    await keys().take(request);
    await keys().keep(request, answer);
    expect(await keys().take(request)).toEqual({ kind: 'answered', answer });
    expect(await keys().take({ ...request, requestHash: 'other' })).toEqual({ kind: 'otherPayload' });
    expect(await seedOf({ ...request, scope: 'admin POST /x' })).toContain(request.key);
  });

  it('take() takes over after a minute, with the seed of the first', async () => {
    const request = requestOf();
    const seed = await seedOf(request);
    await age(request.key, sql`taken_at = clock_timestamp() - interval '30 seconds'`);
    expect(await seedOf(request)).toBe('inFlight');
    await age(request.key, sql`taken_at = clock_timestamp() - interval '61 seconds'`);
    expect(await seedOf({ ...request, requestHash: 'other' })).toBe('otherPayload');
    expect(await seedOf(request)).toBe(seed);
    expect(await seedOf(request)).toBe('inFlight');
  });

  it('take() frees a key after a day, and deletes the old ones of others', async () => {
    const [old, other] = [requestOf(), requestOf()];
    const seed = await seedOf(old);
    await keys().take(other);
    await keys().keep(old, answer);
    await age(old.key, sql`created_at = clock_timestamp() - interval '25 hours'`);
    await age(other.key, sql`created_at = clock_timestamp() - interval '25 hours'`);
    expect(await seedOf({ ...old, requestHash: 'new' })).not.toBe(seed);
    const left = await database().rows(sql`select key from scheduler_idempotency_key where key = ${other.key}`);
    expect(left).toEqual([]);
  });

  it('release() frees a key for anything, or for the same request at once', async () => {
    const request = requestOf();
    await keys().take(request);
    await keys().release(request, true);
    const other = { ...request, requestHash: 'other' };
    const seed = await seedOf(other);
    expect(seed).toContain(request.key);
    await keys().release(other, false);
    expect(await seedOf(request)).toBe('otherPayload');
    expect(await seedOf(other)).toBe(seed);
  });

  it('an id that waits or is recorded is not added again', async () => {
    const handler = randomUUID();
    const { jobId } = await saveJob(database(), { handler });
    const pending = new PostgresPendingRuns(database());
    const run = { id: randomUUID(), jobId, trigger: 'manual', jobKwargs: {}, reason: null, actor: 'operator' } as const;
    await pending.add(run);
    await expect(pending.add(run)).rejects.toThrow();
    await holdLeases(database());
    await pending.claim('instance-a', { handlers: [handler], limit: 1 });
    await expect(pending.add(run)).rejects.toThrow();
    expect(await pendingRunsOf(database(), jobId)).toEqual([]);
  });
});
