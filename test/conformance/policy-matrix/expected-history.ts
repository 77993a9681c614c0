/**
 * What the promises say becomes of a job in the story, told policy by policy and from the written rules alone: nothing of
 * the scheduler is asked.
 *
 * The story: 12:00 on time. The run of 12:01 lasts until 12:03:30. The first attempt at 12:04 fails. The process that runs
 * 12:05 is killed; another one finds that. Nobody is there from 12:05:50 to 12:07:30. 12:08 on time. The database is away
 * from 12:08:30 to 12:10:30, and one process lives. 12:11 on time.
 */
import type { Cell } from './cells.ts';

/** Sorted lines: `12:04 #2 SUCCESS retry`, `late` where it started more than 10 s after its time; or an event. */
export function expectedHistory(cell: Cell): string[] {
  return [
    '12:00 #1 SUCCESS schedule',
    ...overlapped(cell),
    ...failing(cell),
    ...lost(cell),
    ...missed(cell, ['12:06', '12:07']),
    '12:08 #1 SUCCESS schedule',
    ...withoutDatabase(cell, ['12:09', '12:10']),
    '12:11 #1 SUCCESS schedule',
  ].toSorted();
}

/** 12:02 and 12:03 fall due while the run of 12:01 goes on. */
function overlapped({ overlapPolicy }: Cell): string[] {
  const first = '12:01 #1 SUCCESS schedule';
  switch (overlapPolicy) {
    case 'skip':
      return [first, '12:02 skipped overlap', '12:03 skipped overlap'];
    case 'queueOne':
      return [first, '12:02 #1 SUCCESS schedule late', '12:03 skipped overlap'];
    case 'queueAll':
      return [first, '12:02 #1 SUCCESS schedule late', '12:03 #1 SUCCESS schedule late'];
    case 'allow':
      return [first, '12:02 #1 SUCCESS schedule', '12:03 #1 SUCCESS schedule'];
    case 'cancelPrevious':
      return [
        ...['12:01 #1 FAILED CANCELLED schedule', '12:01 cancelRequested'],
        ...['12:02 #1 SUCCESS schedule', '12:03 #1 SUCCESS schedule'],
      ];
  }
}

function failing({ maxAttempts }: Cell): string[] {
  return ['12:04 #1 FAILED ERROR schedule', ...(maxAttempts > 1 ? ['12:04 #2 SUCCESS retry'] : [])];
}

/** `onLost` alone decides: attempts are for failures of the job's own. */
function lost({ onLost }: Cell): string[] {
  return [
    ...['12:05 #1 FAILED LOST schedule', '12:05 lost'],
    ...(onLost === 'retry' ? ['12:05 #2 SUCCESS retry late'] : []),
  ];
}

/** Nothing claimed the two within 10 s of their time. */
function missed({ misfirePolicy }: Cell, [older, latest]: readonly [string, string]): string[] {
  switch (misfirePolicy) {
    case 'once':
      return [`${older} misfired 1`, `${latest} #1 SUCCESS catchUp late`];
    case 'skip':
      return [`${older} misfired 2`];
    case 'all':
      return [`${older} #1 SUCCESS catchUp late`, `${latest} #1 SUCCESS catchUp late`];
  }
}

/** The one process is alone: `auto` runs. What is held is told, and missed. */
function withoutDatabase(cell: Cell, occurrences: readonly [string, string]): string[] {
  if (cell.outagePolicy !== 'hold') return occurrences.map((at) => `${at} #1 SUCCESS schedule`);
  return [`${occurrences[0]} held 2`, ...missed(cell, occurrences)];
}
