/** Runs that were claimed ahead and go back: a portion at a time; and whoever found no room for more is told of it. */
import { describe, expect, it } from 'vitest';
import { AheadRuns } from '../../../../../src/modules/foundation/application/ahead-runs.ts';
import {
  type GiveBackDeps,
  giveBackDoomed,
} from '../../../../../src/modules/foundation/application/give-back-doomed.ts';
import { HeldRuns, MAX_HELD, UNKNOWN_TICK } from '../../../../../src/modules/foundation/application/held-runs.ts';
import { DatabaseUnavailableError } from '../../../../../src/modules/foundation/domain/errors.ts';
import type { AheadRun } from '../../../../../src/modules/foundation/application/ports/ahead-claims.ts';
import type { Foundation } from '../../../../../src/modules/foundation/tokens.ts';
import { createEngine, newStore } from '../../../../support/engine.ts';
import { jobConfig } from '../../../../support/in-memory-job-configs.ts';

const AT = new Date('2026-01-02T12:00:00Z');

function sample(id: string): AheadRun {
  const config = jobConfig(`job-${id}`);
  const run = {
    ...{ id, jobId: config.jobId, scheduledAt: AT, startedAt: AT, attempt: 1, maxAttempts: 1 },
    ...{ trigger: 'schedule' as const, instanceId: 'here', jobKwargs: {} },
  };
  return { run, config, nextFireAt: null, renewals: 1 };
}

function setUp(count: number) {
  const { directory, lease } = createEngine({ store: newStore(), jobs: {} }).wired;
  const held = new HeldRuns({ directory });
  for (let at = 0; at < count; at += 1) held.hold({ ...sample(`${at}`), tick: UNKNOWN_TICK });
  held.doomAll();
  const asked: number[] = [];
  const aheadClaims = {
    giveBack: async (_instanceId: string, runs: readonly AheadRun[]) => {
      asked.push(runs.length);
      if (asked.length > 2) throw new DatabaseUnavailableError('away');
      return new Set(runs.map(({ run }) => run.id).filter((id) => id !== '7'));
    },
  };
  const claims = { getClaimed: async (_instanceId: string, ids: readonly string[]) => ids.map((id) => sample(id).run) };
  return { held, asked, deps: { held, lease, aheadClaims, claims } as unknown as GiveBackDeps };
}

describe('giveBackDoomed()', () => {
  it("gives back a portion a statement, and keeps what is still this instance's", async () => {
    const { held, asked, deps } = setUp(1_500);
    const givenBack: number[] = [];
    await giveBackDoomed(deps, async (portion) => void givenBack.push(portion.length));
    expect([asked, givenBack, held.doomed.map(({ run }) => run.id)]).toEqual([[1_000, 500], [999, 500], ['7']]);
  });

  it('keeps the rest where the database goes away in between', async () => {
    const { held, deps } = setUp(2_500);
    let told = 0;
    const telling = giveBackDoomed(deps, async (portion) => void (told += portion.length));
    await expect(telling).rejects.toThrow('away');
    expect([told, held.size]).toEqual([1_999, 501]);
  });
});

/** The same parts, with these held runs in place of the engine's own. */
function withHeld(wired: Foundation, held: HeldRuns): Foundation {
  return new Proxy(wired, { get: (parts, name) => (name === 'held' ? held : parts[name as keyof Foundation]) });
}

describe('AheadRuns', () => {
  it('tells once that there is room again', async () => {
    const store = newStore();
    const engine = createEngine({ store, jobs: {} });
    await engine.start();
    class FullRuns extends HeldRuns {
      isFull = true;
      override get size(): number {
        return this.isFull ? MAX_HELD : super.size;
      }
    }
    const held = new FullRuns(engine.wired);
    let told = 0;
    const ahead = new AheadRuns(withHeld(engine.wired, held), () => (told += 1));
    ahead.start();
    const later = sample('later');
    ahead.hold([{ ...later, run: { ...later.run, scheduledAt: new Date(store.now() + 3_600_000) } }], UNKNOWN_TICK);
    await store.time.advance(10);
    expect(told).toBe(0);
    held.isFull = false;
    ahead.hold([], UNKNOWN_TICK);
    ahead.hold([{ ...later, run: { ...later.run, scheduledAt: new Date(store.now() + 7_200_000) } }], UNKNOWN_TICK);
    await store.time.advance(10);
    expect(told).toBe(1);
  });
});
