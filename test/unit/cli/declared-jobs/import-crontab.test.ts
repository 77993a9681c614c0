import { describe, expect, test } from 'vitest';
import { type CrontabImportOptions, importCrontabText } from '../../../../src/cli/declared-jobs/import-crontab.ts';

const OPTIONS = { timezone: 'UTC', user: false, handler: null };
const read = (text: string, options: Partial<CrontabImportOptions> = {}) =>
  importCrontabText(text, { ...OPTIONS, ...options });
const only = (...given: Parameters<typeof read>) => read(...given).jobs[0]!;

describe('importCrontabText()', () => {
  test('makes the request of a plain curl, and needs no function for it', () => {
    const { fields, runs } = only('0 9 * * * curl -fsS -X POST https://a.example/ >/dev/null 2>&1', {
      handler: 'shell',
    });
    expect(fields).toMatchObject({
      ...{ handler: 'http.request', jobKwargs: { url: 'https://a.example/', method: 'POST' } },
    });
    expect(runs).toBe('POST https://a.example/');
  });

  test.for([
    ['curl -d a=1 -d b=2 https://a.example/'],
    ['curl https://a.example/ | sh'],
    ['curl -s https://a.example/%a=1'],
  ] as const)('leaves %s to a function, as the command that it is', ([command]) => {
    const { fields, runs } = only(`0 9 * * * ${command}`, { handler: 'shell' });
    expect(fields).toMatchObject({ handler: 'shell', jobKwargs: { command: runs } });
    expect(command.startsWith(runs)).toBe(true);
  });

  test('hands a command its input and its environment, and names no function where none is said', () => {
    const { fields } = only('PATH=/bin\nGREETING=hej\n0 9 * * * mail -s x ops%Hello%you\n');
    expect(fields).toMatchObject({
      jobKwargs: { command: 'mail -s x ops', stdin: 'Hello\nyou\n', env: { PATH: '/bin', GREETING: 'hej' } },
    });
    expect(fields).not.toHaveProperty('handler');
  });

  test('keeps the line as a note no longer than the service takes', () => {
    const { fields } = only(`0 9 * * * echo ${'長'.repeat(3_000)}`);
    expect(fields['notes']).toMatch(/^crontab line 1: echo 長/);
    expect(String(fields['notes'])).toHaveLength(2_000);
  });

  test('says that a job does not run as the user that the line names', () => {
    const { fields, warnings } = only('0 9 * * * www-data echo hi', { user: true });
    expect(fields['notes']).toBe('crontab line 1 as www-data: echo hi');
    expect(warnings).toContain('It ran as www-data; a job runs as the service does.');
  });

  test('accounts for every line, good or not, by its number', () => {
    const { jobs, faults } = read('# a comment\n\n0 9 * * * a\n61 9 * * * b\r\n@reboot c\n0 9 * * *\n');
    expect(jobs.map(({ from }) => from)).toEqual(['line 3']);
    expect(faults.map(({ from }) => from)).toEqual(['line 4', 'line 5', 'line 6']);
  });
});
