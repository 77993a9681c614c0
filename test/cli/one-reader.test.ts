/** Instants are read alike by all commands, help is found for each, and what was imported steers no terminal. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { runCarillon } from '../support/run-carillon.ts';
import { type ServiceProcess, startService } from '../support/service-process.ts';

// Each command is a process of its own: on a busy machine ten of them take a while.
vi.setConfig({ testTimeout: 60_000 });

let service: ServiceProcess;
const carillon = (words: readonly string[], input = '') => runCarillon(words, { server: service.address, input });
beforeAll(async () => {
  service = await startService({ runtime: 'node', env: { DATABASE_URL: 'memory://' } });
});
afterAll(async () => {
  await service.kill();
});

test('carillon runs list, events and jobs pause take a day and a wall time', async () => {
  for (const words of [['runs', 'list'], ['events']]) {
    const given = await carillon([...words, '--from', '2026-01-01', '--to', '2026-01-01 09:00']);
    expect(given.status).toBe(0);
    expect((await carillon([...words, '--from', 'soon'])).stderr).toMatch(/'soon' is no instant/);
  }
  const paused = await carillon(['jobs', 'pause', 'maintenance.heartbeat', '--until', '2099-01-01', '--json']);
  expect(JSON.parse(paused.stdout).pausedUntil).toBe('2098-12-31T16:00:00.000Z');
});

test('carillon help of a command in a group is that of the command', async () => {
  const { stdout, status } = await carillon(['help', 'jobs', 'create']);
  expect(status).toBe(0);
  expect(stdout).toMatch(/Usage: carillon jobs create /);
  expect((await carillon(['help', 'jobs'])).stdout).toMatch(/Usage: carillon jobs /);
  expect((await carillon(['help', 'jobs', 'creat'])).status).toBe(2);
});

test('carillon --json tells a fault of its own as a problem with a code', async () => {
  const away = await runCarillon(['jobs', '--json'], { server: 'http://127.0.0.1:9' });
  expect(JSON.parse(away.stderr)).toMatchObject({
    code: 'SERVICE_AWAY',
    detail: expect.stringContaining('No service'),
  });
});

test('carillon import says that there is nothing, and colours of a crontab stay out of the terminal', async () => {
  expect((await carillon(['import', 'apscheduler', '-'], '[]')).stderr).toBe('There is no job in it.\n');
  const red = '\u001B[31m';
  const { stdout, stderr } = await carillon(['import', 'crontab', '-'], `0 9 * * * echo ${red}a\n@reboot ${red}b\n`);
  expect(`${stdout}${stderr}`).not.toContain('\u001B');
  expect(stdout).toContain('echo');
});
