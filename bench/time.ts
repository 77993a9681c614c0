/**
 * How fast the next occurrence is found, beside croner, cron-parser and cron-schedule in the same run.
 *
 *   node bench/time.ts
 *
 * Every contender answers "what comes after this instant" for instants that move on by each answer, from 2026 on and
 * around again, so that none can remember one result. Peers are given what they need to be at their best: parsed objects
 * are reused where the question allows it.
 */
import { Cron } from 'croner';
import { CronExpressionParser } from 'cron-parser';
import { parseCronExpression } from 'cron-schedule';
import { parseSchedule, type Schedule } from '../src/modules/foundation/domain/schedule.ts';
import { checksum, type Contender, measure, report } from './support/measure.ts';

const FROM = Date.UTC(2026, 0, 1);
const TO = Date.UTC(2036, 0, 1);
const ZONE = 'America/New_York';

/** Moves on by each answer, and starts again after ten years. */
function walking(next: (at: number) => number): () => number {
  let at = FROM;
  return () => {
    at = next(at);
    if (at >= TO) at = FROM;
    return at;
  };
}

function ours(text: string, timezone: string): Schedule {
  return parseSchedule({ text, dialect: 'unix', timezone });
}

function reused(text: string, timezone: string): Contender[] {
  const schedule = ours(text, timezone);
  const croner = new Cron(text, { timezone, paused: true });
  const parser = CronExpressionParser.parse(text, { tz: timezone, currentDate: new Date(FROM) });
  const contenders: Contender[] = [
    { name: 'carillon', run: walking((at) => schedule.next(at)!) },
    { name: 'croner', run: walking((at) => croner.nextRun(new Date(at))!.getTime()) },
    {
      name: 'cron-parser',
      run: walking((at) => {
        if (at === FROM) parser.reset(new Date(FROM));
        return parser.next().getTime();
      }),
    },
  ];
  if (timezone !== 'UTC') return contenders;
  const cronSchedule = parseCronExpression(text);
  return [
    ...contenders,
    { name: 'cron-schedule', run: walking((at) => cronSchedule.getNextDate(new Date(at)).getTime()) },
  ];
}

/** A text of its own for each call, so that no cache of texts helps anybody; zones are known, as in any running service. */
function distinctTexts(): () => string {
  let n = 0;
  return () => {
    n = (n + 7919) % (60 * 24 * 28 * 12 * 2);
    const [minute, hour, day, month] = [n % 60, ((n / 60) | 0) % 24, ((n / 1440) | 0) % 28, ((n / 40_320) | 0) % 12];
    const isMonthly = n >= 483_840;
    return isMonthly ? `${minute} ${hour} ${day + 1} * *` : `${minute} ${hour} */${day + 1} ${month + 1} 1-5`;
  };
}

function cold(): Contender[] {
  const [first, second, third] = [distinctTexts(), distinctTexts(), distinctTexts()];
  return [
    { name: 'carillon', run: () => ours(first(), ZONE).next(FROM)! },
    {
      name: 'croner',
      run: () => new Cron(second(), { timezone: ZONE, paused: true }).nextRun(new Date(FROM))!.getTime(),
    },
    {
      name: 'cron-parser',
      run: () =>
        CronExpressionParser.parse(third(), { tz: ZONE, currentDate: new Date(FROM) })
          .next()
          .getTime(),
    },
  ];
}

if (process.env['TZ'] !== 'UTC') process.env['TZ'] = 'UTC'; // cron-schedule knows only the zone of its host.

for (const text of ['*/5 * * * *', '0 9 * * 1-5', '0 0 29 2 *']) {
  report(`next, parsed once, ${ZONE}: ${text}`, measure(reused(text, ZONE)));
}
for (const text of ['*/5 * * * *', '0 9 * * 1-5', '0 0 29 2 *']) {
  report(`next, parsed once, UTC: ${text}`, measure(reused(text, 'UTC')));
}
report(`parse and first next, a new text each time, ${ZONE}`, measure(cold()));

const everySecond = ours('* * * * * *', 'Europe/Berlin');
const firstStart = performance.now();
const counted = everySecond.count(FROM, TO);
const firstMs = performance.now() - firstStart;
report(`count of '* * * * * *' over ten years, Europe/Berlin (${counted} occurrences)`, [
  ...measure([{ name: 'carillon', run: () => everySecond.count(FROM, TO) }]),
]);
process.stdout.write(`  the first time, with the zone still unknown: ${firstMs.toFixed(2)} ms\n`);
process.stdout.write(`\nchecksum ${checksum()}\n`);
