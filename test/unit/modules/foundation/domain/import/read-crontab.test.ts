import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JOB_ID_PATTERN, TEXT_LENGTHS } from '../../../../../../src/modules/foundation/application/job-spec-limits.ts';
import { readCrontab } from '../../../../../../src/modules/foundation/domain/import/read-crontab.ts';
import { parseSchedule, ScheduleError } from '../../../../../../src/modules/foundation/domain/schedule.ts';

const UTC = { timezone: 'UTC' };
const lines = (...all: string[]): string => `${all.join('\n')}\n`;

describe('readCrontab()', () => {
  it('reads the example of crontab(5): settings, comments, lists, steps, names and input', () => {
    const read = readCrontab(
      lines(
        '# use /bin/bash to run commands, instead of the default /bin/sh',
        'SHELL=/bin/bash',
        '# mail output to paul, no matter whose crontab this is',
        'MAILTO=paul',
        '',
        '# run five minutes after midnight, every day',
        '5 0 * * *       $HOME/bin/daily.job >> $HOME/tmp/out 2>&1',
        '15 14 1 * *     $HOME/bin/monthly',
        '0 22 * * 1-5    mail -s "It\'s 10pm" joe%Joe,%%Where are your kids?%',
        '23 0-23/2 * * * echo "run 23 minutes after midn, 2am, 4am ..., everyday"',
        '5 4 * * sun     echo "run at 5 after 4 every Sunday"',
      ),
      UTC,
    );
    expect(read.faults).toEqual([]);
    expect(read.rows.map(({ cronExpression }) => cronExpression)).toEqual([
      '5 0 * * *',
      '15 14 1 * *',
      '0 22 * * 1-5',
      '23 0-23/2 * * *',
      '5 4 * * sun',
    ]);
    expect(read.rows[2]).toMatchObject({
      line: 9,
      command: 'mail -s "It\'s 10pm" joe',
      stdin: 'Joe,\n\nWhere are your kids?\n',
      env: { SHELL: '/bin/bash', MAILTO: 'paul' },
      dialect: 'unix',
      timezone: 'UTC',
      user: null,
    });
    expect(read.lines.map(({ kind }) => kind).join(' ')).toBe(
      'comment setting comment setting comment comment row row row row row',
    );
  });

  it('reads the user of a system crontab, and makes it part of the id', () => {
    const text = lines('17 * * * *\troot\tcd / && run-parts --report /etc/cron.hourly', '@daily www-data  /opt/rotate');
    const { rows } = readCrontab(text, { ...UTC, user: true });
    expect(rows.map(({ user, command }) => [user, command])).toEqual([
      ['root', 'cd / && run-parts --report /etc/cron.hourly'],
      ['www-data', '/opt/rotate'],
    ]);
    expect(rows[0]!.jobId).toMatch(/^run-parts-[0-9a-f]{8}$/);
    const other = readCrontab('@daily nobody /opt/rotate', { ...UTC, user: true }).rows[0]!;
    expect(other.jobId).not.toBe(rows[1]!.jobId);
  });

  it('keeps ids through edits of the schedule, and numbers equal commands', () => {
    const before = readCrontab(lines('0 9 * * * /opt/sync', '0 18 * * * /opt/sync', '0 1 * * * /opt/purge'), UTC).rows;
    const after = readCrontab(lines('30 8 * * * /opt/sync', '0 19 * * * /opt/sync', '@daily /opt/purge'), UTC).rows;
    expect(after.map(({ jobId }) => jobId)).toEqual(before.map(({ jobId }) => jobId));
    expect(new Set(before.map(({ jobId }) => jobId)).size).toBe(3);
    expect(before[1]!.jobId).toBe(`${before[0]!.jobId}-2`);
  });

  it('names a job by the program it runs, past assignments and a change of folder', () => {
    const idOf = (command: string): string => readCrontab(`@daily ${command}`, UTC).rows[0]!.jobId.slice(0, -9);
    expect(idOf('LANG=C /usr/local/bin/Back_Up.sh --full')).toBe('back-up-sh');
    expect(idOf('cd /opt/app; bin/poll')).toBe('poll');
    expect(idOf('备份')).toBe('job');
  });

  it('reads nicknames in any case, and refuses @reboot with a hint', () => {
    const read = readCrontab(lines('@Hourly a', '@reboot b'), UTC);
    expect(read.rows.map(({ cronExpression }) => cronExpression)).toEqual(['@Hourly']);
    expect(read.faults).toEqual([
      {
        kind: 'fault',
        line: 2,
        text: '@reboot b',
        message: "'@reboot': a schedule has no start of the machine",
        position: 0,
        hint: "say '@at' and an instant, or trigger the job when you start",
      },
    ]);
  });

  it('strips a byte order mark and carriage returns', () => {
    const { rows, lines: all } = readCrontab('\uFEFF@daily a\r\n@hourly b\r\n', UTC);
    expect(rows.map(({ command }) => command)).toEqual(['a', 'b']);
    expect(all).toHaveLength(2);
  });

  it('warns of what crons read differently, and of what is dropped', () => {
    const { rows } = readCrontab(lines('5/15 * * * * a', '-0 9 * * * b'), UTC);
    expect(rows[0]!.warnings[0]).toMatch(/^'5\/15' is read as from its first number on/);
    expect(rows[1]).toMatchObject({ cronExpression: '0 9 * * *', command: 'b' });
    expect(rows[1]!.warnings[0]).toMatch(/^The leading '-'/);
  });

  it('throws for its own option, and for nothing in the text', () => {
    expect(() => readCrontab('', { timezone: 'Nowhere/Land' })).toThrow(ScheduleError);
  });
});

describe('readCrontab() refuses with line and position', () => {
  it.each([
    ['0 25 * * * a', 2, '25 is outside 0-23'],
    ['  0 9 * * 8 a', 10, '8 is outside 0-7'],
    ['0 22-2 * * * a', 2, 'does not wrap around'],
    ['*/60 * * * * a', 0, 'step 60 is larger'],
    ['0 0 31 2 * a', 4, 'no day from 1970 to 2200 matches'],
    ['0 9 * * *', 9, 'the command is missing'],
    ['0 9 * * * %only input', 21, 'the command is missing'],
    ['0 9 * *', 0, 'a schedule has 5 fields here'],
    ['0~30 9 * * * a', 0, 'not readable in the minute field'],
    ['@every 5m a', 0, "crontab(5) has no '@every'"],
    ['@every_minute a', 0, "crontab(5) has no '@every_minute'"],
    ['MAIL TO=x', 0, 'a schedule has 5 fields here'],
    ['A-B=x', 0, "'A-B' is not the name"],
    ['A="x', 0, 'without its match'],
    ['0 9 * * * a\0b', 0, 'NUL'],
  ])('%j', (text, position, message) => {
    const read = readCrontab(`\n${text}\n`, UTC);
    expect(read.rows).toEqual([]);
    expect(read.faults).toHaveLength(1);
    expect(read.faults[0]).toMatchObject({ line: 2, text, position });
    expect(read.faults[0]!.message).toContain(message);
    expect(read.faults[0]!.message).not.toContain('at position');
  });

  it('says the way out of random ranges, and of a missing user', () => {
    expect(readCrontab('0~30 9 * * * a', UTC).faults[0]!.hint).toContain('H(a-b)');
    expect(readCrontab('0 9 * * * root', { ...UTC, user: true }).faults[0]!.message).toBe('the command is missing');
    expect(readCrontab('0 9 * * *', { ...UTC, user: true }).faults[0]!.message).toContain('user');
  });
});

describe('readCrontab() time zones', () => {
  const zones = (text: string): string[] => readCrontab(text, UTC).rows.map(({ timezone }) => timezone);

  it('change with CRON_TZ for the lines below it', () => {
    const text = lines(
      '@daily a',
      'CRON_TZ=Europe/Berlin',
      '@daily b',
      "CRON_TZ = 'Asia/Tokyo'",
      '@daily c',
      'CRON_TZ=',
      '@daily d',
    );
    expect(zones(text)).toEqual(['UTC', 'Europe/Berlin', 'Asia/Tokyo', 'UTC']);
  });

  it('change with TZ too, which stays in the environment and is warned of', () => {
    const { rows } = readCrontab(lines('TZ=:Asia/Tokyo', '@daily a', 'CRON_TZ=UTC', '@daily b'), {
      timezone: 'Europe/Berlin',
    });
    expect(rows[0]).toMatchObject({ timezone: 'Asia/Tokyo', env: { TZ: ':Asia/Tokyo' } });
    expect(rows[0]!.warnings[0]).toContain('line 1');
    expect(rows[1]).toMatchObject({ timezone: 'UTC', env: { TZ: ':Asia/Tokyo' }, warnings: [] });
    expect(rows[1]!.env).not.toHaveProperty('CRON_TZ');
  });

  it('are never guessed: under an unknown one every job is refused until it is set right', () => {
    const read = readCrontab(
      lines('CRON_TZ=Nowhere/Land', '@daily a', '@hourly b', 'CRON_TZ=Asia/Tokyo', '@daily c'),
      UTC,
    );
    expect(read.faults.map(({ line, position }) => [line, position])).toEqual([
      [1, 8],
      [2, 0],
      [3, 0],
    ]);
    expect(read.faults[1]!.message).toBe('its time zone, CRON_TZ in line 1, is unknown');
    expect(read.rows.map(({ timezone }) => timezone)).toEqual(['Asia/Tokyo']);
  });

  it('of POSIX rules for the command alone do no harm under CRON_TZ', () => {
    expect(zones(lines('CRON_TZ=Asia/Tokyo', 'TZ=CET-1CEST,M3.5.0', '@daily a'))).toEqual(['Asia/Tokyo']);
  });
});

describe('readCrontab() over any text', () => {
  const word = fc.constantFrom(
    '*',
    '0',
    '9',
    '1-5',
    '*/5',
    '@daily',
    '@reboot',
    '#',
    'A=b',
    'TZ=UTC',
    'CRON_TZ=x',
    '%',
    '\\%',
    'cmd',
    ' ',
    '\t',
    '"',
    '=',
  );
  const line = fc.oneof(
    fc.array(word, { maxLength: 9 }).map((words) => words.join(' ')),
    fc.string(),
  );
  const text = fc.array(
    line.map((each) => each.replaceAll(/[\r\n]/g, ' ')),
    { maxLength: 12 },
  );

  it('ends every line as one row, setting, comment or fault, in order', () => {
    fc.assert(
      fc.property(text, fc.boolean(), (all, user) => {
        const read = readCrontab(all.map((each) => `${each}\n`).join(''), { ...UTC, user });
        expect(read.lines.map((each) => each.line)).toEqual(all.map((_, index) => index + 1));
        expect(read.rows.length + read.faults.length).toBeLessThanOrEqual(read.lines.length);
        for (const fault of read.faults) expect(fault.position).toBeLessThanOrEqual(fault.text.length);
      }),
      { numRuns: 2000 },
    );
  });

  it('gives rows that can be saved: readable schedules, unique ids, names within their limits', () => {
    const job = fc.tuple(fc.constantFrom('@daily', '0 9 * * 1-5'), fc.string({ minLength: 1, maxLength: 400 }));
    fc.assert(
      fc.property(fc.array(job, { maxLength: 20 }), (jobs) => {
        const { rows } = readCrontab(
          jobs.map(([schedule, command]) => `${schedule} ${command.replaceAll(/[\r\n]/g, ' ')}\n`).join(''),
          UTC,
        );
        expect(new Set(rows.map(({ jobId }) => jobId)).size).toBe(rows.length);
        for (const { jobId, jobName, cronExpression, dialect, timezone } of rows) {
          expect(jobId).toMatch(JOB_ID_PATTERN);
          expect(jobName.length).toBeGreaterThanOrEqual(TEXT_LENGTHS.jobName.min);
          expect(jobName.length).toBeLessThanOrEqual(TEXT_LENGTHS.jobName.max);
          expect(() => parseSchedule({ text: cronExpression, dialect, timezone })).not.toThrow();
        }
      }),
    );
  });
});
