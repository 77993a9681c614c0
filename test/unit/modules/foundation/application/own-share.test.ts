/** Whose turn it is to claim what is due: the owner's, and of what he leaves over, later, the next one's. */
import { describe, expect, it } from 'vitest';
import { ArmedJob } from '../../../../../src/modules/foundation/application/armed-job.ts';
import type { DatabaseTime } from '../../../../../src/modules/foundation/application/database-time.ts';
import type { InstanceLease } from '../../../../../src/modules/foundation/application/instance-lease.ts';
import { JobDirectory } from '../../../../../src/modules/foundation/application/job-directory.ts';
import { OwnShare, rankAmong } from '../../../../../src/modules/foundation/application/own-share.ts';
import type { RegisteredJob } from '../../../../../src/modules/foundation/domain/job-definition.ts';
import { scheduleOf } from '../../../../../src/modules/foundation/domain/next-fire.ts';
import { jobConfig } from '../../../../support/in-memory-job-configs.ts';

const NOON = Date.parse('2026-01-02T12:00:00.000Z');
const LIVE = ['here', 'there'];

/** One job of this instance and one of the other's, both due at noon. */
function shareOfTwo(cronExpression = '0 12 * * *') {
  const rankOf = rankAmong('here', LIVE);
  const jobIds = Array.from({ length: 20 }, (_, at) => `job-${at}`);
  const [own, others] = [0, 1].map((rank) => jobIds.find((jobId) => rankOf(jobId) === rank)!);
  const directory = new JobDirectory();
  let now = NOON;
  const lease = { instanceId: 'here', live: LIVE.map((id) => ({ id })) } as unknown as InstanceLease;
  const share = new OwnShare({ directory, lease, time: { now: () => now } as DatabaseTime });
  const entryOf = (jobId: string, dueAt: number) => {
    const config = jobConfig(jobId, { cronExpression });
    const job = new ArmedJob({
      config,
      schedule: scheduleOf(config),
      handler: {} as RegisteredJob,
      isPersisted: true,
    });
    return { job, dueAt };
  };
  const turnOf = (lateMs: number, entries: readonly string[], dueAt = NOON): string[] => {
    now = dueAt + lateMs;
    return share
      .of(entries.map((jobId) => entryOf(jobId, dueAt)))
      .map(({ job }) => (job.jobId === own ? 'own' : 'theirs'));
  };
  return { own: own!, others: others!, turnOf, share, directory };
}

it('OwnShare leaves to another what is the other’s for 250 ms', () => {
  const { own, others, turnOf, share } = shareOfTwo();
  expect(turnOf(0, [own, others])).toEqual(['own']);
  expect(share.leftOverInMs).toBe(250);
  expect(turnOf(249, [others])).toEqual([]);
  expect(turnOf(250, [others])).toEqual(['theirs']);
});

it('OwnShare leaves it for twice as long as this instance came late to its own of that instant, and for two seconds at most', () => {
  const { own, others, turnOf, share } = shareOfTwo();
  expect(turnOf(-500, [own])).toEqual(['own']);
  expect(turnOf(400, [others, own])).toEqual(['theirs', 'own']);
  expect(turnOf(700, [others])).toEqual([]);
  expect(share.leftOverInMs).toBe(100);
  expect(turnOf(800, [others])).toEqual(['theirs']);
  turnOf(1_500, [own]);
  expect([turnOf(1_999, [others]), turnOf(2_000, [others])]).toEqual([[], ['theirs']]);
  const later = NOON + 60_000;
  expect(turnOf(250, [others], later)).toEqual(['theirs']);
  expect(turnOf(0, [own], later)).toEqual(['own']);
  expect(turnOf(250, [others], later)).toEqual(['theirs']);
});

it('OwnShare looks at what is due again before its turn when it is its turn, and does not pass over it', () => {
  const { own, others, turnOf, share, directory } = shareOfTwo('* * * * * *');
  turnOf(900, [own]);
  expect(turnOf(1_000, [others])).toEqual([]);
  expect([directory.lookOf(others), share.leftOverInMs]).toEqual([NOON + 1_800, Number.POSITIVE_INFINITY]);
  expect(turnOf(1_800, [others])).toEqual(['theirs']);
});

describe('rankAmong()', () => {
  const jobIds = Array.from({ length: 2_000 }, (_, at) => `job-${at}`);
  const ids = ['0197-a', '0197-b', '0197-c', '0197-d'];
  const orderOf = (jobId: string, live: readonly string[]) =>
    live.toSorted((one, other) => rankAmong(one, live)(jobId) - rankAmong(other, live)(jobId));

  it('gives each of the live about the same, first as last, in whatever order they are named', () => {
    for (const [rank, id] of ids.flatMap((one) => ids.map((_, at) => [at, one] as const))) {
      const share = jobIds.filter((jobId) => rankAmong(id, ids)(jobId) === rank).length;
      expect(share).toBeGreaterThan(400);
      expect(share).toBeLessThan(600);
    }
    const reversed = ids.toReversed();
    expect(jobIds.map((jobId) => orderOf(jobId, reversed))).toEqual(jobIds.map((jobId) => orderOf(jobId, ids)));
  });

  it('moves the share of one that goes to those who come next, and no other', () => {
    const others = ids.slice(1);
    for (const jobId of jobIds) {
      expect(orderOf(jobId, others)).toEqual(orderOf(jobId, ids).filter((id) => id !== ids[0]));
    }
  });
});
