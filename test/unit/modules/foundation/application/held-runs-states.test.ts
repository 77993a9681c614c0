/** HeldRuns: each run is in one state, whatever is done with the others. */
import { describe, expect, it } from 'vitest';
import { ArmedJob } from '../../../../../src/modules/foundation/application/armed-job.ts';
import type { HeldRun } from '../../../../../src/modules/foundation/application/confirm-due.ts';
import { HeldRuns } from '../../../../../src/modules/foundation/application/held-runs.ts';
import { JobDirectory } from '../../../../../src/modules/foundation/application/job-directory.ts';
import type { RegisteredJob } from '../../../../../src/modules/foundation/domain/job-definition.ts';
import { scheduleOf } from '../../../../../src/modules/foundation/domain/next-fire.ts';
import { jobConfig } from '../../../../support/in-memory-job-configs.ts';

const AT = new Date('2026-01-02T12:00:00Z');
const NEXT = new Date('2026-01-02T12:01:00Z');

/** One run held of each of these jobs, all due at noon; the jobs themselves come next a minute later. */
function holding(...jobIds: readonly string[]) {
  const directory = new JobDirectory();
  const held = new HeldRuns({ directory });
  const runs = jobIds.map((jobId): HeldRun => {
    const config = jobConfig(jobId);
    put(directory, jobId, true);
    const base = { jobId, attempt: 1, maxAttempts: 1, instanceId: 'here', jobKwargs: {} } as const;
    const run = { ...base, id: `run-${jobId}`, scheduledAt: AT, startedAt: AT, trigger: 'schedule' } as const;
    return { run, config, nextFireAt: NEXT, tick: 7, renewals: 1 };
  });
  for (const one of runs) held.hold(one);
  const states = () => ({
    waiting: jobsOf(held.dueBy(AT.getTime())),
    confirmed: held.hasConfirmed,
    doomed: jobsOf(held.doomed),
    offered: [...held.offeredByJob().keys()],
  });
  return { held, runs, directory, states };
}

function put(directory: JobDirectory, jobId: string, isPersisted: boolean, dueAt = NEXT): void {
  const config = jobConfig(jobId);
  const handler = {} as RegisteredJob;
  directory.put(new ArmedJob({ config, schedule: scheduleOf(config), handler, isPersisted }), dueAt.getTime());
}

const jobsOf = (runs: readonly HeldRun[]): string[] => runs.map(({ run }) => run.jobId);
const NONE = { waiting: [], confirmed: false, doomed: [], offered: [] };

describe('HeldRuns.confirmAll()', () => {
  it('confirms these, and lets the others wait', () => {
    const { held, runs, states } = holding('a', 'b', 'c');
    held.confirmAll(runs.slice(0, 2));
    expect(states()).toEqual({ ...NONE, waiting: ['c'], confirmed: true });
    expect(jobsOf(held.takeConfirmed(1))).toEqual(['a']);
    expect(jobsOf(held.takeConfirmed(9))).toEqual(['b']);
    expect([held.size, held.earliestAt]).toEqual([1, AT.getTime()]);
  });

  it('confirms all at once, beside what is confirmed already', () => {
    const { held, runs, states } = holding('a', 'b', 'c');
    held.confirm(runs[2]!);
    held.confirmAll(runs.slice(0, 2));
    expect([states(), held.size]).toEqual([{ ...NONE, confirmed: true }, 3]);
    expect(jobsOf(held.takeConfirmed(9))).toEqual(['c', 'a', 'b']);
  });

  it('leaves what was doomed meanwhile doomed, though as many are named as wait', () => {
    const { held, runs, states } = holding('a', 'b', 'c');
    held.doom(runs[0]!);
    held.confirmAll(runs.slice(0, 2));
    expect(states()).toEqual({ ...NONE, waiting: ['c'], confirmed: true, doomed: ['a'] });
    expect(jobsOf(held.takeConfirmed(9))).toEqual(['b']);
  });

  it('leaves nothing waiting where all are confirmed, and what is held next waits', () => {
    const { held, runs, states } = holding('a', 'b');
    held.confirmAll(runs);
    expect([states(), held.earliestAt]).toEqual([{ ...NONE, confirmed: true }, Number.POSITIVE_INFINITY]);
    expect(jobsOf(held.takeConfirmed(9))).toEqual(['a', 'b']);
    held.hold(runs[0]!);
    expect(states()).toEqual({ ...NONE, waiting: ['a'] });
  });
});

describe('HeldRuns.doom()', () => {
  it('doomConfirmed() leaves those that wait, doomAll() none, and what is not held is not doomed', () => {
    const { held, runs, states } = holding('a', 'b', 'c');
    held.confirm(runs[0]!);
    held.doomConfirmed();
    expect(states()).toEqual({ ...NONE, waiting: ['b', 'c'], doomed: ['a'] });
    held.confirm(runs[1]!);
    held.doomAll();
    expect(states()).toEqual({ ...NONE, doomed: ['a', 'c', 'b'] });
    for (const one of runs) held.forget(one);
    held.doom(runs[0]!);
    expect([states(), held.size]).toEqual([NONE, 0]);
  });

  it('of what is offered takes it out of the offer', () => {
    const { held, states } = holding('a', 'b');
    held.offer();
    expect(held.takeOffered('b', AT)).toBe('run-b');
    held.doomAll();
    expect([states(), held.takeOffered('a', AT)]).toEqual([{ ...NONE, doomed: ['a'] }, null]);
  });
});

describe('HeldRuns.cancel()', () => {
  it('dooms one in whatever state it is, and is asked once of each', () => {
    const { held, runs, states } = holding('a', 'b', 'c');
    held.confirm(runs[1]!);
    held.doom(runs[2]!);
    expect(runs.map(({ run }) => held.cancel(run.id))).toEqual([true, true, true]);
    expect(states()).toEqual({ ...NONE, doomed: ['c', 'a', 'b'] });
    expect(runs.map(({ run }) => held.cancel(run.id))).toEqual([false, false, false]);
  });

  it('takes one out of the offer, and does not offer it again', () => {
    const { held, states } = holding('a', 'b');
    held.offer();
    expect(held.cancel('run-a')).toBe(true);
    held.offer();
    expect(states()).toEqual({ ...NONE, doomed: ['a'], offered: ['b'] });
  });

  it('is forgotten with the run: claimed again under its id, it can be started, and be cancelled', () => {
    const { held, runs, states } = holding('a');
    held.cancel('run-a');
    held.forget(runs[0]!);
    held.hold(runs[0]!);
    held.offer();
    expect(states()).toEqual({ ...NONE, offered: ['a'] });
    expect(held.cancel('run-a')).toBe(true);
  });

  it('tells nobody who has stopped listening', () => {
    const { held } = holding('a', 'b');
    let told = 0;
    const stop = held.onCancelled(() => (told += 1));
    held.cancel('run-a');
    stop();
    held.cancel('run-b');
    expect(told).toBe(1);
  });
});

describe('HeldRuns.offer()', () => {
  it('offers what waits, is confirmed, or is doomed, once each', () => {
    const { held, runs, states } = holding('a', 'b', 'c');
    held.confirm(runs[1]!);
    held.doom(runs[2]!);
    held.offer();
    expect([states(), held.size]).toEqual([{ ...NONE, offered: ['a', 'b', 'c'] }, 3]);
    expect(held.runIds).toEqual(['run-a', 'run-b', 'run-c']);
  });

  it('gives back what is of a job that is not persisted any more, or is gone', () => {
    const { held, directory, states } = holding('a', 'b', 'c');
    directory.remove('a');
    put(directory, 'a', false);
    directory.remove('b');
    held.offer();
    expect(states()).toEqual({ ...NONE, doomed: ['a', 'b'], offered: ['c'] });
  });

  it('does not move a job back that comes before the occurrence', () => {
    const { held, directory } = holding('a');
    const before = new Date(AT.getTime() - 1_000);
    put(directory, 'a', true, before);
    held.offer();
    expect(directory.get('a')!.dueAt).toBe(before.getTime());
  });

  it('lets a job come to it that has no occurrence left', () => {
    const { held, directory } = holding('a');
    directory.put(directory.get('a')!.job, null);
    held.offer();
    expect(directory.get('a')!.dueAt).toBe(AT.getTime());
  });
});

it('HeldRuns.forget() forgets one that waits as well: it turned out to be somebody else’s', () => {
  const { held, runs, states } = holding('a', 'b');
  held.forget(runs[0]!);
  expect([states(), held.size]).toEqual([{ ...NONE, waiting: ['b'] }, 1]);
  held.forget(runs[1]!);
  expect([states(), held.earliestAt]).toEqual([NONE, Number.POSITIVE_INFINITY]);
});

it('HeldRuns.runIds names each once, in whatever state it is', () => {
  const { held, runs } = holding('a', 'b', 'c');
  held.confirm(runs[1]!);
  held.doom(runs[2]!);
  expect([held.runIds, held.size]).toEqual([['run-a', 'run-b', 'run-c'], 3]);
});
