/** What is typed reaches the job of that very id or none, and no secret reaches the terminal. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type CommandResult, runCarillon } from '../support/run-carillon.ts';
import { type ServiceProcess, startService } from '../support/service-process.ts';

// Each command is a process of its own: on a busy machine ten of them take a while.
vi.setConfig({ testTimeout: 60_000 });

let service: ServiceProcess;
const carillon = (words: readonly string[], input = ''): Promise<CommandResult> =>
  runCarillon(words, { server: service.address, input });

beforeAll(async () => {
  service = await startService({ runtime: 'node', env: { DATABASE_URL: 'memory://' } });
  for (const jobId of ['tom', 'rep']) {
    const job = { jobName: jobId, cronExpression: '0 9 1 1 *', handler: 'maintenance.heartbeat' };
    expect((await service.call('PUT', `/admin/jobs/${jobId}`, job)).status).toBe(201);
  }
});

afterAll(async () => {
  await service.kill();
});

const jobIds = async (): Promise<string[]> =>
  (await service.call('GET', '/admin/jobs')).body.items.map(({ jobId }: { jobId: string }) => jobId);

describe('carillon and ids that are none', () => {
  test.for([
    ['jobs', 'delete', 'tom?dry', '--yes'],
    ['jobs', 'pause', 'tom#x'],
    ['jobs', 'show', 'rep#x'],
    ['jobs', 'show', '%72ep'],
    ['jobs', 'show', 'tom/executions'],
    ['jobs', 'create', 'x?y', '--cron', '0 9 * * *', '--handler', 'maintenance.heartbeat'],
    ['jobs', 'create', '../../x', '--cron', '0 9 * * *', '--handler', 'maintenance.heartbeat'],
    ['runs', 'show', '../jobs/rep'],
    ['runs', 'logs', 'a?b'],
  ])('%j is refused, and touches no other job', async (words) => {
    const { status, stdout, stderr } = await carillon(words);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).not.toMatch(/^ +at /m);
    expect(await jobIds()).toEqual(['maintenance.heartbeat', 'maintenance.prune-history', 'rep', 'tom']);
    expect((await service.call('GET', '/admin/jobs/tom')).body.state).toBe('neverRan');
  });

  test.for([
    ['jobs', 'show', ''],
    ['jobs', 'show', '..'],
    ['runs', 'show', ''],
    ['runs', 'cancel', '.'],
  ])('%j is wrong usage, in a sentence', async (words) => {
    const { status, stderr } = await carillon(words);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^"\.*" is no (jobId|id): [^\n]*\n$/);
  });

  test('export --out into a folder that is none says so', async () => {
    const { status, stderr } = await carillon(['export', '--out', '/nowhere/at/all/x']);
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: expect.stringMatching(/^\/nowhere\/at\/all\/x cannot be written: ENOENT[^\n]*\n$/),
    });
  });
});

describe('carillon and secrets', () => {
  const jobs = (secret: string) => `
- jobId: calls
  cronExpression: 0 9 * * *
  handler: http.request
  jobKwargs: { url: "https://example.com/", headers: { Authorization: Bearer ${secret} } }
`;

  test('apply shows no secret, neither in the difference nor in its JSON', async () => {
    for (const words of [['--dry-run'], ['--dry-run', '--json'], [], ['--secrets'], ['--secrets', '--json']]) {
      const { stdout, stderr, status } = await carillon(['apply', '-', ...words], jobs('sesame'));
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout).not.toContain('sesame');
      expect(stdout).toContain('"***"');
    }
    const [job] = (await service.call('GET', '/admin/jobs?q=calls')).body.items;
    expect(job.jobKwargs.headers).toEqual({ Authorization: '***' });
  });

  test.for(['sesame\nopen', 'sesame\u2028'])(
    'a token that no header can carry is refused, and not shown: %j',
    async (token) => {
      const { status, stdout, stderr } = await carillon(['jobs', '--token', token]);
      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
      expect(stderr).toMatch(/^The token holds a character/);
      expect(stderr).not.toContain('sesame');
    },
  );
});
