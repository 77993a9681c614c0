/** `carillon jobs` and `carillon runs`, against a service in a process of its own. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type CommandResult, runCarillon, withoutChance } from '../support/run-carillon.ts';
import { type ServiceProcess, startService } from '../support/service-process.ts';

// Each command is a process of its own: on a busy machine ten of them take a while.
vi.setConfig({ testTimeout: 60_000 });

let service: ServiceProcess;
const carillon = (...words: string[]): Promise<CommandResult> => runCarillon(words, { server: service.address });

beforeAll(async () => {
  service = await startService({
    runtime: 'node',
    env: { DATABASE_URL: 'memory://', DEFAULT_TIMEZONE: 'Asia/Shanghai', VIEWER_TOKEN: 'v'.repeat(32) },
  });
  const { body } = await service.call('GET', '/admin/jobs/maintenance.heartbeat');
  await service.call('PATCH', '/admin/jobs/maintenance.heartbeat', { enabled: false }, { 'if-match': body.revision });
});

afterAll(async () => {
  await service.kill();
});

describe('carillon jobs', () => {
  test('create makes a job of flags, and shows it whole', async () => {
    const made = await carillon(
      ...['jobs', 'create', 'year', '--cron', '0 9 1 1 *', '--name', 'New year', '--url', 'https://example.com/'],
      ...['--timeout', '30s', '--max-attempts', '3', '--tag', 'a', '--tag', 'b', '--tz', 'Asia/Tokyo'],
    );
    expect(made.stderr).toBe('');
    expect(made.status).toBe(0);
    const { body } = await service.call('GET', '/admin/jobs/year');
    expect(body).toMatchObject({
      jobName: 'New year',
      handler: 'http.request',
      jobKwargs: { url: 'https://example.com/' },
      timeoutMs: 30_000,
      maxAttempts: 3,
      tags: ['a', 'b'],
      timezone: 'Asia/Tokyo',
    });
    expect(withoutChance(made.stdout)).toMatchInlineSnapshot(`
      "Job           year
      Name          New year
      State         neverRan
      Schedule      0 9 1 1 *  (apscheduler, Asia/Tokyo)
                    Every year on 1 January at 09:00, Asia/Tokyo
                    每年 1 月 1 日 09:00，Asia/Tokyo
      Runs          http.request
      With          {"url":"https://example.com/"}
      Last run      -
      Last success  -
      maxAttempts   3
      timeoutMs     30000
      Tags          a, b
      Revision      <n>

      Next occurrences
        <------- instant ------->  in <a while>
        <------- instant ------->
        <------- instant ------->
        <------- instant ------->
        <------- instant ------->
        <------- instant ------->
        <------- instant ------->
        <------- instant ------->
        <------- instant ------->
        <------- instant ------->
      "
    `);
  });

  test('create overwrites nothing', async () => {
    const again = await carillon('jobs', 'create', 'year', '--cron', '0 9 1 1 *', '--handler', 'maintenance.heartbeat');
    expect(again).toMatchObject({ status: 1, stdout: '' });
    expect(again.stderr).toMatch(/'year' exists, at revision \d+: it was not created/);
  });

  test('create names every fault of the job, the readings of an ambiguous text among them', async () => {
    const refused = await carillon('jobs', 'create', 'x', '--cron', '0 9 * * 1', '--max-attempts', '0');
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('maxAttempts: ');
    const ambiguous = await carillon(
      ...['jobs', 'create', 'x', '--cron', '0 9 * * 1', '--handler', 'maintenance.heartbeat'],
    );
    expect(ambiguous.stderr).toMatch(/as unix: .* say '0 9 \* \* mon', or dialect 'unix'/);
  });

  test('edit changes what is named, on the strength of what it read', async () => {
    const edited = await carillon('jobs', 'edit', 'year', '--timeout', 'none', '--disabled');
    expect(edited).toMatchObject({ status: 0, stderr: '' });
    expect((await service.call('GET', '/admin/jobs/year')).body).toMatchObject({
      ...{ timeoutMs: null, enabled: false, maxAttempts: 3 },
    });
    await carillon('jobs', 'edit', 'year', '--enabled');
    expect((await carillon('jobs', 'edit', 'year')).status).toBe(2);
  });

  test('list is a table for people, the default of its group', async () => {
    const { stdout, status, stderr } = await carillon('jobs');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(withoutChance(stdout)).toMatchInlineSnapshot(`
      "JOB                        STATE     WHEN                                          NEXT RUN                    LAST RUN
      maintenance.heartbeat      disabled  Every minute, Asia/Shanghai                   -                           -
      maintenance.prune-history  neverRan  Every day at 04:30, Asia/Shanghai             <------- instant ------->  -
      year                       neverRan  Every year on 1 January at 09:00, Asia/Tokyo  <------- instant ------->  -
      "
    `);
  });

  test('list --json is the answer of the API', async () => {
    const { stdout } = await carillon('jobs', 'list', '--json');
    expect(JSON.parse(stdout)).toEqual((await service.call('GET', '/admin/jobs')).body);
    const all = JSON.parse((await carillon('jobs', '--all', '--json')).stdout);
    expect(all).toEqual((await service.call('GET', '/admin/jobs')).body);
  });

  test('list says that there are more', async () => {
    const { stdout, stderr } = await carillon('jobs', '-n', '1');
    expect(stdout.trim().split('\n')).toHaveLength(2);
    expect(stderr).toContain('--all');
  });

  test('pause and resume stop a job and let it go on', async () => {
    const paused = await carillon('jobs', 'pause', 'year', '--reason', 'a migration');
    expect(paused.stdout).toMatch(/State +paused: a migration/);
    const resumed = await carillon('jobs', 'resume', 'year', '--json');
    expect(JSON.parse(resumed.stdout)).toMatchObject({ state: 'neverRan', pausedAt: null });
  });

  test('a job that does not exist: status 1, and the one that was meant', async () => {
    const { status, stderr } = await carillon('jobs', 'show', 'yaer');
    expect(status).toBe(1);
    expect(stderr).toContain("Did you mean 'year'?");
    const json = await carillon('jobs', 'show', 'yaer', '--json');
    expect(JSON.parse(json.stderr)).toMatchObject({ code: 'JOB_NOT_FOUND', status: 404 });
  });
});

describe('carillon runs', () => {
  test('jobs trigger --follow waits for the run and says what came of it', async () => {
    await carillon('jobs', 'create', 'ring', '--cron', '0 9 1 1 *', '--handler', 'maintenance.heartbeat');
    const { stdout, status } = await carillon('jobs', 'trigger', 'ring', '--follow', '--reason', 'a test');
    expect(stdout).toMatch(/^[0-9a-f-]{36} {2}SUCCESS after \d+ ms {2}\{.*"ringing":"ok"\}$/m);
    expect(status).toBe(0);
  });

  test('jobs trigger --follow of a run that fails ends with status 5', async () => {
    await carillon('jobs', 'create', 'inside', '--cron', '0 9 1 1 *', '--url', 'http://127.0.0.1:1/');
    const { stdout, status } = await carillon('jobs', 'trigger', 'inside', '-f', '--json');
    expect(status).toBe(5);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'FAILED', failureReason: 'ERROR', jobId: 'inside' });
  });

  test('list filters and shows why a run failed; show shows it whole; retry runs it again', async () => {
    const { stdout } = await carillon('runs', 'list', '--job', 'inside', '--status', 'FAILED');
    const [head, line] = stdout.split('\n');
    expect(head).toMatch(/^RUN +JOB +STATUS +TRIGGER +SCHEDULED +TOOK +ERROR$/);
    expect(line).toMatch(/inside +FAILED +manual +\d{4}-.* \+08:00 +\d+ ms +.*(private|loopback|refused)/);
    const id = line!.slice(0, 36);
    const shown = await carillon('runs', 'show', id);
    expect(shown.stdout).toMatch(/Key +inside@/);
    expect(JSON.parse((await carillon('runs', 'show', id, '--json')).stdout)).toMatchObject({ id, attempt: 1 });
    const again = await carillon('runs', 'retry', id, '--follow', '--json');
    expect(again.status).toBe(5);
    expect(JSON.parse(again.stdout)).toMatchObject({ attempt: 2, idempotencyKey: expect.stringContaining('inside@') });
    expect(await carillon('runs', 'cancel', id)).toMatchObject({ status: 1, stderr: expect.stringContaining('ended') });
  });
});

describe('carillon jobs backfill and carillon events', () => {
  test('backfill shows what it would run, runs it, and the ledger says who asked', async () => {
    await carillon(
      ...['jobs', 'create', 'daily', '--cron', '0 9 * * *', '--tz', 'UTC', '--handler', 'maintenance.heartbeat'],
    );
    const span = ['jobs', 'backfill', 'daily', '--from', '2026-01-01', '--to', '2026-01-03T00:00:00Z'];
    const dry = await carillon(...span, '--dry-run');
    expect(dry.stdout).toMatch(
      /2026-01-01 09:00:00 \+00:00 +open +-\n2026-01-02 .*\n.*Of 2 occurrences 2 would be run/,
    );
    const made = await carillon(...span, '--reason', 'a test', '--json');
    expect(JSON.parse(made.stdout)).toMatchObject({ count: 2, dryRun: false });
    const { stdout } = await carillon('events', '--job', 'daily', '--type', 'job.created');
    expect(stdout).toMatch(/^AT +EVENT +JOB +BY +OCCURRENCE +WHY\n\d{4}-.* job\.created +daily +admin +-\n$/);
    expect(JSON.parse((await carillon('events', '-n', '1', '--json')).stdout).items).toHaveLength(1);
  });
});

describe('carillon why', () => {
  test('says in a sentence why a job ran at an instant, or did not', async () => {
    const none = await carillon('why', 'daily', '--at', '2026-01-01 08:00');
    expect(none).toMatchObject({ status: 0, stderr: '' });
    expect(none.stdout.split('\n')[0]).toMatch(/08:00/);
    expect(none.stdout).toContain('Occurrences around it: ');
    const json = JSON.parse((await carillon('why', 'daily', '--at', '2026-01-01T08:00', '--json')).stdout);
    expect(json).toMatchObject({ jobId: 'daily', at: '2026-01-01T08:00:00.000Z', occurrence: null });
    expect((await carillon('why', 'dialy')).stderr).toContain("Did you mean 'daily'?");
  });
});

describe('carillon, misused', () => {
  test.for([
    [['jobs', 'shw', 'year'], "unknown command 'jobs shw'\n(Did you mean show?)"],
    [['job'], 'Did you mean jobs?'],
    [['jobs', 'list', '--sate', 'active'], 'Did you mean --state?'],
    [['jobs', 'list', '--state', 'happy'], 'Allowed choices are active'],
    [['jobs', 'show'], "missing required argument 'job'"],
    [['jobs', 'create', 'a', '--cron', '* * * * *', '--timeout', 'long'], 'It wants a duration such as'],
    [['jobs', 'create', 'a', '--cron', '* * * * *', '--kwargs', '[1]'], 'It wants a JSON object'],
    [['jobs', 'create', 'a'], "Say --cron '<text>'"],
    [['runs', 'list', '--limit', '0'], 'a whole number from 1 to 500'],
    [['--server', 'ftp://x y', 'jobs'], 'is no address of a service'],
  ] as const)('%j: status 2, and what would be right', async ([words, says]) => {
    const { status, stderr, stdout } = await carillon(...words);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(says);
  });

  test('where nothing answers: status 3, and how to start one', async () => {
    const { status, stderr } = await runCarillon(['jobs'], { server: 'http://127.0.0.1:9' });
    expect(status).toBe(3);
    expect(stderr).toContain('No service answers at http://127.0.0.1:9');
    expect(stderr).toContain('carillon start');
  });

  test('a token that is unknown, or of a role that may not: status 4', async () => {
    const unknown = await runCarillon(['jobs'], { server: service.address, token: 'x'.repeat(32) });
    expect(unknown).toMatchObject({ status: 4, stderr: expect.stringContaining('--token or CARILLON_TOKEN') });
    const words = ['jobs', 'trigger', 'ring'];
    const viewer = await runCarillon(words, { server: service.address, token: 'v'.repeat(32) });
    expect(viewer).toMatchObject({ status: 4, stderr: expect.stringContaining("needs the role 'operator'") });
  });

  test('what a stranger named a job steers no terminal', async () => {
    const name = '\u001B[2J\u0007owned\nline';
    await service.call('PUT', '/admin/jobs/evil', {
      ...{ jobName: name, cronExpression: '0 9 1 1 *', handler: 'maintenance.heartbeat', notes: '\u001B]0;x\u0007' },
    });
    const { stdout } = await carillon('jobs', 'show', 'evil');
    // oxlint-disable-next-line eslint/no-control-regex -- what must not be there
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000B-\u001F]/);
  });
});
