/**
 * Two whole engines over one database, under faults that nobody thought of: whatever fails, and whenever, a run is started
 * at most once (of a job that runs without the database: at most once an engine) and never stays RUNNING. `ENGINE_CASES=2000` asks for longer.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InMemoryStore } from '../../../../support/in-memory-store.ts';
import { createEngine, type Engine, newStore } from '../../../../support/engine.ts';

const CASES = Number(process.env['ENGINE_CASES'] ?? 40);
const FAULTS_END_MS = 75_000;

const instant = fc.integer({ min: 0, max: 40_000 });
const disturbance = fc.oneof(
  fc.record({
    kind: fc.constantFrom('refused', 'lost'),
    at: instant,
    by: fc.nat(1),
    call: fc.constantFrom(
      'claims.claim',
      'claims.getCursors',
      'claims.getClaimed',
      'configs.getStanding',
      'executions.list',
      'executions.update',
      'instances.renew',
      'instances.rescue',
      'pending.claim',
    ),
  }),
  fc.record({ kind: fc.constant('outage'), at: instant, by: fc.nat(2), forMs: fc.integer({ min: 1, max: 35_000 }) }),
  fc.record({ kind: fc.constant('edit'), at: instant, jobId: fc.constantFrom('a', 'b') }),
  fc.record({ kind: fc.constant('trigger'), at: instant, jobId: fc.constantFrom('a', 'b') }),
  fc.record({ kind: fc.constant('deafness'), at: instant }),
);
type Disturbance = typeof disturbance extends fc.Arbitrary<infer T> ? T : never;

function apply(
  one: Disturbance,
  number: number,
  { store, engines }: { store: InMemoryStore; engines: Engine[] },
): void {
  if ('call' in one) {
    const { link } = engines[one.by]!;
    if (one.kind === 'lost') link.loseAnswer(one.call);
    else link.failNext(one.call, new Error('refused'));
  } else if ('forMs' in one) {
    const target = engines[one.by]?.link ?? store;
    target.isAway = true;
    void store.time.pass(one.forMs).then(() => (target.isAway = false));
  } else if ('jobId' in one && one.kind === 'edit') {
    store.save(one.jobId, { cronExpression: number % 2 === 0 ? '*/3 * * * * *' : '*/5 * * * * *' });
  } else if ('jobId' in one) {
    store.trigger(one.jobId, `trigger-${number}`);
  } else {
    store.isFeedAlive = false;
  }
}

describe('the engine under faults', () => {
  it('starts each run at most once, leaves none RUNNING, and goes on', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(disturbance, { maxLength: 8 }), async (disturbances) => {
        const store = newStore();
        const starts: string[] = [];
        const byEngine: string[] = [];
        const every = { cronExpression: '*/3 * * * * *', handler: 'work' };
        store.save('a', { ...every, outagePolicy: 'hold' });
        store.save('b', { ...every, outagePolicy: 'run' });
        const engines = [1, 2].map((number) =>
          createEngine({
            store,
            jobs: {
              work: (_kwargs, { executionId, idempotencyKey }) => {
                byEngine.push(`${number} ${idempotencyKey}`);
                if (idempotencyKey.startsWith('a@')) starts.push(`${executionId} ${idempotencyKey}`);
                return store.time.pass(400);
              },
            },
          }),
        );
        for (const engine of engines) await engine.start();
        for (const [number, one] of disturbances.entries()) {
          void store.time.pass(one.at).then(() => apply(one, number, { store, engines }));
        }
        await store.time.advance(FAULTS_END_MS + 90_000);
        const occurrences = starts.map((start) => start.split(' ')[1]);
        expect(new Set(occurrences).size).toBe(starts.length);
        expect(new Set(starts.map((start) => start.split(' ')[0])).size).toBe(starts.length);
        // What runs without the database may run on both; on each it runs once.
        expect(new Set(byEngine).size).toBe(byEngine.length);
        expect(
          [...store.executions.values()].filter(
            (run) => run.status === 'RUNNING' && store.now() - run.startedAt.getTime() > 2_000,
          ),
        ).toEqual([]);
        expect([...store.pending.values()]).toEqual([]);
        for (const jobId of ['a', 'b']) {
          const last = Math.max(...store.runsOf(jobId).map((run) => run.startedAt.getTime()));
          expect(store.now() - last).toBeLessThan(6_000);
        }
      }),
      { numRuns: CASES },
    );
  });
});
