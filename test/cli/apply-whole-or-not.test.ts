/** `carillon apply` of a file with faults, and one that is cut off: all of them told at once, nothing half done in silence. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { jobAnswer } from '../support/answers.ts';
import { startHttpServer } from '../support/http-server.ts';
import { runCarillon } from '../support/run-carillon.ts';
import { ROOT, type ServiceProcess, startService } from '../support/service-process.ts';

// Each command is a process of its own: on a busy machine ten of them take a while.
vi.setConfig({ testTimeout: 60_000 });

let service: ServiceProcess;
beforeAll(async () => {
  service = await startService({ runtime: 'node', env: { DATABASE_URL: 'memory://' } });
});
afterAll(async () => {
  await service.kill();
});

const HEARTBEAT = { cronExpression: '0 9 * * *', handler: 'maintenance.heartbeat' };
const apply = (jobs: readonly unknown[], ...words: string[]) =>
  runCarillon(['apply', '-', ...words], { server: service.address, input: JSON.stringify(jobs, null, 1) });

const FAULTY = [
  { jobId: 'good1', ...HEARTBEAT },
  { jobId: 'badkw', cronExpression: '0 9 * * *', handler: 'http.request', jobKwargs: { url: 5 } },
  { jobId: 'good2', ...HEARTBEAT },
  { jobId: 'x?y', ...HEARTBEAT },
  { jobId: 'good1', ...HEARTBEAT },
  { jobId: 'colourful', ...HEARTBEAT, colour: 'red', cronExpression: '0 9 * * 1' },
  { jobId: 'lost', cronExpression: '0 25 * * *', handler: 'maintenance.hartbeat' },
];

test.for([[], ['--dry-run']])(
  'carillon apply %j names every fault of every kind at once, and makes none',
  async (words) => {
    const { status, stdout, stderr } = await apply(FAULTY, ...words);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^standard input has 7 faults; nothing was changed\.\n/);
    const lines = stderr.split('\n');
    for (const [place, says] of [
      ['jobs[1].jobKwargs.url', /must be a text/],
      ['jobs[3].jobId', /A job id is 1 to 200 ASCII letters/],
      ['jobs[4].jobId', /jobs\[0\] has it already/],
      ['jobs[5].colour', /Unknown field/],
      ['jobs[5].cronExpression', /apscheduler/],
      ['jobs[6].cronExpression', /hour|25/],
      ['jobs[6].handler', /Did you mean 'maintenance.heartbeat'/],
    ] as const) {
      const line = lines.find((found) => found.includes(`: ${place}: `));
      expect(line, place).toMatch(says);
      expect(line).toMatch(/^standard input:[1-9]\d*: /);
    }
    expect((await service.call('GET', '/admin/jobs')).body.items).toHaveLength(2);
  },
);

test('carillon apply of more jobs than go into a request makes all of them', async () => {
  const jobs = Array.from({ length: 250 }, (_, at) => ({ jobId: `many-${at}`, ...HEARTBEAT, enabled: false }));
  expect((await apply(jobs)).stdout).toMatch(/\n250 created, 0 changed, 0 as declared\n$/);
  expect((await apply(jobs)).stdout).toBe('0 created, 0 changed, 250 as declared\n');
});

/** A service that has no job and takes all, but for what `put` does. */
function pretend(put: (count: number) => number) {
  let puts = 0;
  return startHttpServer((request, response) => {
    const sent = JSON.parse(request.body || 'null');
    const checks = sent?.jobs?.map(({ jobId }: { jobId: string }) => ({
      jobId,
      dialect: 'unix',
      timezone: 'UTC',
      errors: [],
    }));
    const isPut = request.method === 'PUT';
    response.statusCode = isPut ? put((puts += 1)) : 200;
    const problem = { code: 'X', detail: 'It is refused.', title: 'x' };
    const done = isPut ? jobAnswer() : { items: checks ?? [], nextCursor: null };
    const body = response.statusCode >= 400 ? problem : done;
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  });
}

const FORTY = JSON.stringify(Array.from({ length: 40 }, (_, at) => ({ jobId: `j${at}`, ...HEARTBEAT })));

test('carillon apply counts what it made where some are refused, and where the service goes away', async () => {
  await using refusing = await pretend((count) => (count % 10 === 0 ? 422 : 201));
  const some = await runCarillon(['apply', '-'], { server: refusing.origin, input: FORTY });
  expect(some.status).toBe(1);
  expect(some.stdout).toMatch(/\n36 created, 0 changed, 0 as declared, 4 refused\n$/);
  expect(some.stderr.match(/It is refused\./g)).toHaveLength(4);
  await using dying = await pretend((count) => (count > 10 ? 503 : 201));
  const away = await runCarillon(['apply', '-'], { server: dying.origin, input: FORTY });
  expect(away.status).toBe(3);
  expect(away.stdout).toMatch(/\n10 created, 0 changed, 0 as declared, 30 left as they were\n$/);
});

test('carillon apply ends what is under way at Ctrl-C, and says what was made', async () => {
  let child: ReturnType<typeof spawn> | undefined;
  await using server = await pretend((count) => {
    if (count === 1) child!.kill('SIGINT');
    return 201;
  });
  child = spawn(resolve(ROOT, 'node_modules/.bin/node'), [resolve(ROOT, 'src/cli/carillon.ts'), 'apply', '-'], {
    env: { PATH: process.env['PATH'], CARILLON_SERVER: server.origin, CARILLON_TOKEN: 'x' },
  });
  const printed = Promise.all([textOf(child.stdout!), textOf(child.stderr!), once(child, 'exit')]);
  child.stdin!.end(JSON.stringify(Array.from({ length: 2_000 }, (_, at) => ({ jobId: `j${at}`, ...HEARTBEAT }))));
  const [stdout, stderr, [status]] = await printed;
  expect(status).toBe(130);
  const [, made, left] = /\n(\d+) created, 0 changed, 0 as declared, (\d+) left as (?:it was|they were)\n$/
    .exec(stdout)!
    .map(Number);
  expect(made! + left!).toBe(2_000);
  expect(server.requests.filter(({ method }) => method === 'PUT')).toHaveLength(made!);
  expect(stderr).toBe('Cut off; apply the file again to make the rest.\n');
});
