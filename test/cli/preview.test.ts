/** `carillon preview`: no service, no database; the same answer as the API's. */
import { describe, expect, test, vi } from 'vitest';
import { runCarillon } from '../support/run-carillon.ts';

// Each command is a process of its own: on a busy machine ten of them take a while.
vi.setConfig({ testTimeout: 60_000 });

const preview = (...words: string[]) => previewWith({}, ...words);
const previewWith = (env: Record<string, string>, ...words: string[]) =>
  runCarillon(['preview', ...words], { server: 'http://127.0.0.1:9', env });

describe('carillon preview', () => {
  test('says a schedule in words and instants, and what daylight saving did to it', async () => {
    const { stdout, status } = await preview(
      ...['30 2 * * *', '--tz', 'America/New_York', '--from', '2027-03-13', '--count', '3'],
    );
    expect(status).toBe(0);
    expect(stdout).toMatchInlineSnapshot(`
      "Every day at 02:30, America/New_York
      每天 02:30，America/New_York
      read as apscheduler

           America/New_York            UTC
      Sat  2027-03-13 02:30:00 -05:00  2027-03-13T07:30:00Z
      Sun  2027-03-14 03:30:00 -04:00  2027-03-14T07:30:00Z  moved
      Mon  2027-03-15 02:30:00 -04:00  2027-03-15T06:30:00Z

      Warnings
        The occurrence at 2027-03-14T07:30:00.000Z is moved: its wall time does not exist that day (daylight saving).
      "
    `);
  });

  test('--json is what the API answers, key for key', async () => {
    const { stdout } = await preview(
      ...['0 9 * * mon-fri', '--tz', 'Asia/Shanghai', '--from', '2026-11-22T16:00:00Z', '-n', '2', '--json'],
    );
    expect(JSON.parse(stdout)).toEqual({
      occurrences: ['2026-11-23T01:00:00.000Z', '2026-11-24T01:00:00.000Z'],
      details: [
        { at: '2026-11-23T01:00:00.000Z', note: null },
        { at: '2026-11-24T01:00:00.000Z', note: null },
      ],
      description: 'Every weekday at 09:00, Asia/Shanghai',
      descriptionZh: '每周一至周五 09:00，Asia/Shanghai',
      warnings: [],
      dialect: 'apscheduler',
      timezone: 'Asia/Shanghai',
    });
  });

  test('points at the character that cannot be read', async () => {
    const { stderr, status, stdout } = await preview('0 25 * * *');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain('  0 25 * * *\n    ^\n');
  });

  test('guesses at no dialect, and takes the one that is named', async () => {
    expect((await preview('0 9 * * 1')).stderr).toContain("say '0 9 * * tue', or dialect 'apscheduler'");
    const named = await preview('0 9 * * 1', '--dialect', 'unix', '--tz', 'UTC', '-n', '1');
    expect(named.stdout).toContain('Every Monday at 09:00, UTC');
  });

  test.for([
    [['* * * * *', '--from', 'yesterday'], "say '2026-11-23 09:00'"],
    [['* * * * *', '--count', '0'], 'a whole number from 1 to 1000'],
    [[], "missing required argument 'schedule'"],
  ] as const)('%j: status 2', async ([words, says]) => {
    const { stderr, status } = await preview(...words);
    expect(status).toBe(2);
    expect(stderr).toContain(says);
  });

  test('goes by DEFAULT_TIMEZONE and CRON_DIALECT, as the service does, and takes empty ones for none', async () => {
    const words = ['0 9 * * 1', '--from', '2026-11-23', '-n', '1', '--json'];
    const set = await previewWith({ DEFAULT_TIMEZONE: 'Europe/Paris', CRON_DIALECT: 'unix' }, ...words);
    expect(JSON.parse(set.stdout)).toMatchObject({ dialect: 'unix', occurrences: ['2026-11-23T08:00:00.000Z'] });
    const empty = await previewWith({ DEFAULT_TIMEZONE: '', CRON_DIALECT: '' }, ...words, '--dialect', 'apscheduler');
    expect(JSON.parse(empty.stdout)).toMatchObject({ timezone: 'Asia/Shanghai', dialect: 'apscheduler' });
    const misspelt = await previewWith({ DEFAULT_TIMEZONE: 'Asia/Shangai' }, '0 9 * * *');
    expect(misspelt).toMatchObject({ status: 1, stderr: expect.stringContaining('Asia/Shangai') });
  });
});
