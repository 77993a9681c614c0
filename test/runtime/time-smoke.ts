/**
 * The same time on every runtime: a fixed grid of texts, zones and instants, and a digest of all its occurrences.
 *
 *   node test/runtime/time-smoke.ts      deno run test/runtime/time-smoke.ts      bun test/runtime/time-smoke.ts
 *
 * Imports nothing of a runtime. Prints one line: digest, number of occurrences; two runtimes agree if the lines do. The
 * years stop at 2026, up to which all their zone data should be the same.
 */
import { type Dialect, parseSchedule } from '../../src/modules/foundation/domain/schedule.ts';

const TEXTS: readonly (readonly [Dialect, string])[] = [
  ['unix', '*/30 * * * *'],
  ['unix', '30 1,2 * * *'],
  ['unix', '15 0,23 * * 1-5'],
  ['unix', '0 0 LW * *'],
  ['unix', '0 12 13 * 5'],
  ['unix', 'H H * * 5#2'],
  ['quartz', '0 0/45 0-4 ? * 2L'],
  ['quartz', '0 0 0 15W * ?'],
  ['apscheduler', '0 9 * * 0-4'],
  ['apscheduler', "day='last sun' hour='2' minute='30'"],
  ['unix', '@every 7h'],
  ['unix', '@at 2025-03-30T01:30'],
];

const ZONES = [
  ...['UTC', 'America/New_York', 'Europe/Berlin', 'Europe/Dublin', 'Australia/Lord_Howe', 'America/Sao_Paulo'],
  ...['Pacific/Apia', 'Antarctica/Troll', 'Africa/Cairo', 'Asia/Kathmandu', 'America/St_Johns', 'Asia/Shanghai'],
];

const STARTS = ['1999-12-30', '2011-12-28', '2018-11-02', '2025-03-28', '2025-10-24'];

/** FNV-1a over the decimal digits of every occurrence. */
export function timeDigest(): { digest: string; occurrences: number } {
  let hash = 0x81_1c_9d_c5;
  let occurrences = 0;
  for (const timezone of ZONES) {
    for (const [dialect, text] of TEXTS) {
      const schedule = parseSchedule({ text, dialect, timezone, jobId: 'smoke', anchorAt: 0 });
      for (const start of STARTS) {
        for (const at of schedule.many(Date.parse(`${start}T00:00Z`), 200)) {
          occurrences += 1;
          const line = `${at} ${schedule.note(at) ?? ''} ${schedule.previous(at) ?? ''}`;
          for (let index = 0; index < line.length; index += 1) {
            hash = Math.imul(hash ^ line.charCodeAt(index), 0x01_00_01_93);
          }
        }
      }
    }
  }
  return { digest: (hash >>> 0).toString(16).padStart(8, '0'), occurrences };
}

const { digest, occurrences } = timeDigest();
console.log(`time ${digest} ${occurrences}`);
