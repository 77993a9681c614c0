/**
 * What happens in the story, and when: a job that is due every minute, five replicas, and one database. The service lives
 * through it, and the oracle judges it; both read the facts here, and neither reads the other's rules.
 *
 * Instants are in seconds since 12:00. Nothing that decides falls within a few seconds of anything else, so that how soon
 * the service notices (a poll of 2 s, a beat of 5 s) decides nothing.
 */
export function at(time: string): number {
  const [, minute, second = '0'] = time.split(':');
  return Number(minute) * 60 + Number(second);
}

/** The occurrence, as the ledger has it. */
export function minuteAt(seconds: number): string {
  return `12:${String(Math.floor(seconds / 60)).padStart(2, '0')}`;
}

/** Of each attempt; jitter takes off a quarter at most. */
export const BACKOFF_MS = 50_000;

export const FACTS = {
  /**
   * All replicas that there are are killed while runs hang, and another one starts; by `found` their leases have ended, and it
   * has found what they lost. The first time two more occurrences fall due before that, the second time none does.
   */
  losses: [
    { killed: at('12:11:54'), next: at('12:11:55'), found: at('12:12:10') },
    { killed: at('12:32:05'), next: at('12:32:06'), found: at('12:32:25') },
  ],
  /** The second claims nothing more, and lets the run of 12:14 end. */
  drains: at('12:14:30'),
  /** Nobody claimed anything meanwhile. */
  third: at('12:16:30'),
  /** Joins it while its run of 12:28 goes on. */
  fourth: at('12:28:20'),
  /** The third is alone in the first two, and not in the last one; the fourth returns later. */
  outages: [
    { from: at('12:20:30'), to: at('12:23:15') },
    { from: at('12:24:30'), to: at('12:26:30') },
    { from: at('12:28:40'), to: at('12:30:30') },
  ],
  fourthReturns: at('12:30:40'),
  /** The last occurrence. */
  last: at('12:32'),
  ends: at('12:32:30'),
} as const;

interface Work {
  /** How long it goes on; one that starts later is over at once. */
  readonly until: number;
  readonly fails?: true;
}

/** By occurrence and attempt; all else succeeds at once. */
const WORKS: Readonly<Record<string, Work>> = {
  // 12:02 and 12:03 are due while it goes on.
  '12:01 #1': { until: at('12:03:30') },
  // Tried again some 45 s later, over the next occurrence.
  '12:04 #1': { until: at('12:04:05'), fails: true },
  '12:04 #2': { until: at('12:05:35') },
  // To be tried again while the next occurrence runs, which goes on over the one after it; and then a third time.
  '12:06 #1': { until: at('12:06:40'), fails: true },
  '12:07 #1': { until: at('12:08:20') },
  '12:06 #2': { until: at('12:08:55'), fails: true },
  // Lost, with 12:11 and 12:12 behind it; where it is tried again, over 12:13.
  '12:10 #2': { until: at('12:13:20') },
  // Still goes on when the third replica comes to what was missed; what is caught up or comes then goes on over 12:19.
  '12:14 #1': { until: at('12:18:20') },
  '12:18 #1': { until: at('12:19:30') },
  // Fails without the database, and is to be tried again before that is back.
  '12:20 #1': { until: at('12:22:10'), fails: true },
  // Outlast their outages.
  '12:24 #1': { until: at('12:27:20') },
  '12:28 #1': { until: at('12:31:20') },
};
/** They end only if they are told to, where they start before this. */
const HANG_BEFORE: Readonly<Record<string, number>> = {
  '12:10 #1': FACTS.losses[0].killed,
  '12:11 #1': FACTS.losses[0].killed,
  '12:32 #1': FACTS.losses[1].killed,
};

/** @param startedAt seconds since 12:00 @returns when it ends if nobody stops it, and how */
export function workOf(occurrence: string, attempt: number, startedAt: number): { endsAt: number; fails: boolean } {
  const key = `${occurrence} #${attempt}`;
  const { until, fails = false } = WORKS[key] ?? { until: startedAt };
  const isHanging = startedAt < (HANG_BEFORE[key] ?? 0);
  return { endsAt: isHanging ? Number.POSITIVE_INFINITY : Math.max(startedAt, until), fails };
}
