/** `carillon apply`, `export` and `import`, against a service in a process of its own. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { startHttpServer } from '../support/http-server.ts';
import { type CommandResult, runCarillon } from '../support/run-carillon.ts';
import { type ServiceProcess, startService } from '../support/service-process.ts';

// Each command is a process of its own: on a busy machine ten of them take a while.
vi.setConfig({ testTimeout: 60_000 });

let service: ServiceProcess;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'carillon-cli-'));
  service = await startService({ runtime: 'node', env: { DATABASE_URL: 'memory://', DATA_DIRECTORY: folder } });
});

afterAll(async () => {
  await service.kill();
  await rm(folder, { recursive: true, force: true });
});

function carillon(words: readonly string[], input = ''): Promise<CommandResult> {
  return runCarillon(words, { server: service.address, cwd: folder, input });
}

const JOBS = `
jobs:
  - jobId: morning
    jobName: Morning report
    cronExpression: 0 9 * * mon-fri
    timezone: Asia/Shanghai
    handler: http.request
    jobKwargs:
      url: https://example.com/reports
      headers: { Authorization: Bearer abc }
    startAt: "2026-01-01T08:00:00+08:00"
  - jobId: evening
    cronExpression: "@every 12h"
    handler: maintenance.heartbeat
    tags: [a, b]
`;

describe('carillon apply', () => {
  test('shows the difference, makes it so, and the second time changes nothing', async () => {
    await writeFile(join(folder, 'jobs.yaml'), JOBS);
    const dry = await carillon(['apply', 'jobs.yaml', '--dry-run']);
    expect(dry.stdout).toContain('2 would be created, 0 would be changed, 0 as declared');
    expect((await service.call('GET', '/admin/jobs/morning')).status).toBe(404);
    const first = await carillon(['apply', 'jobs.yaml']);
    expect(first).toMatchObject({ status: 0, stderr: '' });
    expect(first.stdout).toMatch(
      /^\+ morning\n {4}jobName: Morning report\n[^]*2 created, 0 changed, 0 as declared\n$/,
    );
    const { body } = await service.call('GET', '/admin/jobs/morning');
    expect(body).toMatchObject({
      jobName: 'Morning report',
      startAt: '2026-01-01T00:00:00.000Z',
      dialect: 'apscheduler',
    });
    const second = await carillon(['apply', 'jobs.yaml']);
    expect(second.stdout).toBe('0 created, 0 changed, 2 as declared\n');
    expect((await service.call('GET', '/admin/jobs/morning')).body.revision).toBe(body.revision);
  });

  test('changes what differs alone, and takes what is left out for its default', async () => {
    const changed = JOBS.replace('tags: [a, b]', 'timeoutMs: 5000').replace('@every 12h', '@every 6h');
    const { stdout } = await carillon(['apply', '-'], changed);
    expect(stdout).toBe(
      [
        '~ evening',
        '    cronExpression: @every 12h → @every 6h',
        '    timeoutMs: null → 5000',
        '    tags: ["a","b"] → []',
        '0 created, 1 changed, 1 as declared',
        '',
      ].join('\n'),
    );
  });

  test('cannot see whether a secret differs, and writes it where that is asked for', async () => {
    const other = JOBS.replace('Bearer abc', 'Bearer xyz');
    expect((await carillon(['apply', '-'], other)).stdout).toContain('1 changed, 1 as declared');
    const written = await carillon(['apply', '-', '--secrets', '--json'], other);
    expect(JSON.parse(written.stdout)).toMatchObject({
      applied: true,
      changes: [{ jobId: 'morning', action: 'change' }, { action: 'keep' }],
    });
  });

  test('names every fault of a file with its line and its path, and changes nothing', async () => {
    const text = [
      'jobs:',
      '  - jobId: a',
      '    cronExpresion: 0 9 * * *',
      '    timeoutMs: soon',
      '  - cronExpression: 0 9 * * *',
      '  - nonsense',
      'job: 1',
    ].join('\n');
    const { status, stderr } = await carillon(['apply', '-'], text);
    expect(status).toBe(2);
    for (const says of [
      'standard input has 7 faults; nothing was changed.',
      "standard input:3: jobs[0].cronExpresion: Unknown field. (Did you mean 'cronExpression'?)",
      'standard input:2: jobs[0].cronExpression: Required.',
      'standard input:4: jobs[0].timeoutMs: ',
      'standard input:5: jobs[1].jobId: Required.',
      'standard input:6: jobs[2]: Must be a job',
      "standard input:7: job: Only 'jobs' stands here.",
      "standard input:2: jobs[0].jobId: No module registers a job function 'a'.",
    ]) {
      expect(stderr).toContain(says);
    }
  });

  test('names what the service would refuse, before it changes anything', async () => {
    const text = [
      '- jobId: good',
      '  cronExpression: 0 9 * * *',
      '  handler: maintenance.heartbeat',
      '- jobId: bad',
      '  handler: maintenance.heartbaet',
      '  cronExpression: 0 25 * * *',
    ].join('\n');
    const { status, stderr } = await carillon(['apply', '-'], text);
    expect(status).toBe(1);
    expect(stderr).toContain('standard input:6: jobs[1].cronExpression: ');
    expect(stderr).toMatch(/:5: jobs\[1\]\.handler: No module registers .*Did you mean 'maintenance.heartbeat'/);
    expect((await service.call('GET', '/admin/jobs/good')).status).toBe(404);
  });

  test('a file that is none: what it is, and why a bare star is no schedule', async () => {
    expect(await carillon(['apply', 'nowhere.yaml'])).toMatchObject({
      ...{ status: 2, stderr: expect.stringContaining('nowhere.yaml cannot be read') },
    });
    const bare = await carillon(['apply', '-'], '- jobId: a\n  cronExpression: */5 * * * *\n');
    expect(bare).toMatchObject({ status: 2, stderr: expect.stringMatching(/:2: .*stands in quotes/) });
    expect((await carillon(['apply', '-'], '')).stderr).toContain('is no list of jobs');
  });
});

describe('carillon apply --prune', () => {
  test('removes what the file does not declare, and only where somebody agrees', async () => {
    const extra = { jobName: 'x', cronExpression: '0 9 1 1 *', handler: 'maintenance.heartbeat' };
    await service.call('PUT', '/admin/jobs/extra', extra);
    await carillon(['export', '--out', 'kept.yaml']);
    await service.call('PUT', '/admin/jobs/stranger', extra);
    const asked = await carillon(['apply', 'kept.yaml', '--prune']);
    expect(asked).toMatchObject({ status: 1, stderr: expect.stringContaining('1 would be removed. Say --yes') });
    expect(asked.stdout).toContain('- stranger\n');
    expect((await service.call('GET', '/admin/jobs/stranger')).status).toBe(200);
    const agreed = await carillon(['apply', 'kept.yaml', '--prune', '--yes']);
    expect(agreed.stdout).toMatch(/0 created, 0 changed, 1 removed, \d as declared/);
    expect((await service.call('GET', '/admin/jobs/stranger')).status).toBe(404);
    expect((await carillon(['jobs', 'delete', 'extra'])).stderr).toContain('Say --yes');
    expect(await carillon(['jobs', 'delete', 'extra', '--yes'])).toMatchObject({ status: 0, stderr: '' });
    expect((await service.call('GET', '/admin/jobs/extra')).status).toBe(404);
  });
});

describe('carillon export', () => {
  test('gives a file that applies as nothing new, in YAML and in JSON', async () => {
    for (const format of ['yaml', 'json']) {
      await carillon(['export', '--format', format, '--out', `all.${format}`]);
      const { stdout } = await carillon(['apply', `all.${format}`]);
      expect(stdout).toBe('0 created, 0 changed, 4 as declared\n');
    }
    expect(await readFile(join(folder, 'all.yaml'), 'utf8')).toContain('Authorization: "***"');
    const { stdout } = await carillon(['export', '--tag', 'none', '--json']);
    expect(JSON.parse(stdout)).toEqual({ jobs: [] });
  });
});

const CRONTAB = `# jobs
CRON_TZ=Europe/Berlin
*/5 * * * * curl -fsS https://example.com/tick > /dev/null 2>&1
0 3 * * 1 /usr/local/bin/backup --all
@reboot /bin/start
`;

describe('carillon import', () => {
  test('crontab shows what each line would become, and why one becomes nothing', async () => {
    const { stdout, stderr, status } = await carillon(['import', 'crontab', '-'], CRONTAB);
    expect(status).toBe(1);
    expect(stdout).toMatchInlineSnapshot(`
      "FROM    JOB              WHEN                                  RUNS
      line 3  curl-4947e920    Every 5 minutes, Europe/Berlin        GET https://example.com/tick
      line 4  backup-8a3df0cf  Every Monday at 03:00, Europe/Berlin  /usr/local/bin/backup --all
      "
    `);
    expect(stderr).toMatch(/^line 5: '@reboot'.*: @reboot \/bin\/start\n$/);
    expect((await service.call('GET', '/admin/jobs')).body.items).toHaveLength(4);
  });

  test('crontab --apply creates those that can be run, and names the others', async () => {
    const { stdout, stderr, status } = await carillon(['import', 'crontab', '-', '--apply'], CRONTAB);
    expect(status).toBe(1);
    expect(stdout).toContain('1 created, 0 changed, 0 as declared');
    expect(stderr).toMatch(/line 4: no module registers a function 'backup-\w+' that would run it/);
    const { body } = await service.call('GET', '/admin/jobs?handler=http.request&q=curl');
    expect(body.items[0]).toMatchObject({ timezone: 'Europe/Berlin', jobKwargs: { url: 'https://example.com/tick' } });
  });

  test('crontab --out writes a file for apply, with the function of one’s own', async () => {
    await carillon(['import', 'crontab', '-', '--out', 'cron.yaml', '--handler', 'maintenance.heartbeat'], CRONTAB);
    expect(await readFile(join(folder, 'cron.yaml'), 'utf8')).toContain('command: /usr/local/bin/backup --all');
    const { status, stderr } = await carillon(['apply', 'cron.yaml', '--dry-run']);
    expect(status).toBe(1);
    expect(stderr).toMatch(/cron\.yaml has a fault[^]*jobs\[1\]\.jobKwargs\.command: /);
  });

  test('apscheduler reads an export, from a file or from where it is served', async () => {
    const jobs = [
      { id: 'tick', name: 'Tick', func: 'app:tick', trigger: 'cron', hour: '9', minute: '0', kwargs: { a: 1 } },
      { id: 'odd', func: 'app:odd', trigger: 'sundial' },
    ];
    await using server = await startHttpServer((_request, response) => response.end(JSON.stringify(jobs)));
    const served = await carillon(['import', 'apscheduler', `${server.origin}/scheduler/jobs`, '--tz', 'Asia/Tokyo']);
    expect(served.status).toBe(1);
    expect(served.stdout).toMatch(/job 1 +tick +Every day at 09:00, Asia\/Tokyo +app:tick as tick/);
    expect(served.stderr).toMatch(/job 2: trigger: .*: odd/);
    const piped = await carillon(['import', 'apscheduler', '-', '--json'], JSON.stringify(jobs));
    expect(JSON.parse(piped.stdout)).toMatchObject({
      jobs: [{ jobId: 'tick', handler: 'tick', jobKwargs: { a: 1 } }],
      faults: [{ from: 'job 2', text: 'odd' }],
    });
    expect((await carillon(['import', 'apscheduler', '-'], 'no json')).status).toBe(2);
  });
});
