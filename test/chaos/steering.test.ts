/** What is told of an edit is what was asked for and acknowledged: from the first asking on, until the answer that came. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Call } from './admin-client.ts';
import { SeededRandom } from './seeded-random.ts';
import { machineNow } from './shifted-date.ts';
import { Steering } from './steering.ts';
import { makeJobs } from './workload.ts';

const JOBS = makeJobs(1, 5)
  .filter(({ role }) => role === 'steered')
  .slice(0, 1);
const { jobId } = JOBS[0]!.spec;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** @param answers what becomes of each request; those after the last are acknowledged */
function steer(answers: ('ok' | 'refused' | 'unheard')[]) {
  const call = vi.fn(async (_order: Call): Promise<Response> => {
    const answer = answers.shift() ?? 'ok';
    if (answer === 'unheard') throw new Error('There was no answer.');
    return new Response(null, { status: answer === 'ok' ? 200 : 503 });
  });
  return { call, steering: new Steering({ call }, SeededRandom.of(7, 'steering'), JOBS) };
}

it('Steering knows the configuration that each edit left, with its arguments', async () => {
  const { steering, call } = steer([]);
  for (let edits = 0; edits < 30; edits += 1) {
    await steering.edit(jobId);
    await vi.advanceTimersByTimeAsync(4_000);
  }
  const { versions } = steering;
  expect(versions.map(({ version }) => version)).toEqual(Array.from({ length: 31 }, (_, at) => at));
  const bodies = call.mock.calls.map(([{ body }]) => body as Record<string, unknown>);
  for (const [at, { jobKwargs, ...change }] of bodies.entries()) {
    expect(jobKwargs).toEqual({ version: at + 1 });
    expect(versions[at + 1]).toMatchObject({
      ...versions[at],
      ...change,
      version: at + 1,
      askedAtMs: expect.any(Number),
      answeredAtMs: expect.any(Number),
    });
  }
  const changed = new Set(bodies.flatMap((body) => Object.keys(body)));
  expect(changed).toEqual(new Set(['jobKwargs', 'enabled', 'cronExpression', 'overlapPolicy']));
});

it('Steering asks until it is acknowledged, and leaves the job alone long enough for what was not heard of', async () => {
  const { steering, call } = steer(['unheard', 'refused']);
  const startedAtMs = machineNow();
  const edited = steering.edit(jobId);
  await vi.advanceTimersByTimeAsync(400);
  await edited;
  const [, { askedAtMs, answeredAtMs }] = steering.versions as never as [unknown, Record<string, number>];
  expect([askedAtMs! - startedAtMs, answeredAtMs! - startedAtMs]).toEqual([0, 400]);
  await vi.advanceTimersByTimeAsync(89_000);
  await steering.edit(jobId);
  expect(call).toHaveBeenCalledTimes(3);
  await vi.advanceTimersByTimeAsync(1_000);
  await steering.edit(jobId);
  expect(call).toHaveBeenCalledTimes(4);
});

it('Steering leaves no job disabled', async () => {
  const { steering } = steer([]);
  while (steering.versions.at(-1)!.enabled) {
    await steering.edit(jobId);
    await vi.advanceTimersByTimeAsync(4_000);
  }
  await steering.finish();
  expect(steering.versions.at(-1)).toMatchObject({ enabled: true });
  const { length } = steering.versions;
  await steering.finish();
  expect(steering.versions).toHaveLength(length);
});
