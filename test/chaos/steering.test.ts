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

/** @param answers what becomes of each edit; those after the last are acknowledged */
function steer(answers: ('ok' | 'refused' | 'unheard')[]) {
  let version = 0;
  const call = vi.fn(async ({ method, body }: Call): Promise<Response> => {
    if (method === 'GET') return Response.json({ jobKwargs: { version } }, { headers: { etag: `"${version}"` } });
    const answer = answers.shift() ?? 'ok';
    if (answer === 'refused') return new Response(null, { status: 503 });
    ({ version } = (body as { jobKwargs: { version: number } }).jobKwargs);
    if (answer === 'unheard') throw new Error('There was no answer.');
    return new Response();
  });
  const edits = () => call.mock.calls.map(([order]) => order).filter(({ method }) => method === 'PATCH');
  return { call, edits, steering: new Steering({ call }, SeededRandom.of(7, 'steering'), JOBS) };
}

it('Steering knows the configuration that each edit left, with its arguments', async () => {
  const { steering, edits: made } = steer([]);
  for (let edits = 0; edits < 30; edits += 1) {
    await steering.edit(jobId);
    await vi.advanceTimersByTimeAsync(4_000);
  }
  const { versions } = steering;
  expect(versions.map(({ version }) => version)).toEqual(Array.from({ length: 31 }, (_, at) => at));
  const bodies = made().map(({ body }) => body as Record<string, unknown>);
  expect(made().map(({ headers }) => headers)).toEqual(bodies.map((_, at) => ({ 'if-match': `"${at}"` })));
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

it('Steering asks until an edit is made, and not again where one was made whose answer was lost', async () => {
  const { steering, edits } = steer(['refused', 'unheard']);
  const startedAtMs = machineNow();
  const edited = steering.edit(jobId);
  await vi.advanceTimersByTimeAsync(400);
  await edited;
  const { askedAtMs, answeredAtMs } = steering.versions[1]!;
  expect([askedAtMs - startedAtMs, answeredAtMs - startedAtMs]).toEqual([0, 400]);
  expect(edits()).toHaveLength(2);
  await steering.edit(jobId);
  expect(edits()).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(2_000);
  await steering.edit(jobId);
  expect(edits()).toHaveLength(3);
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
