/**
 * The oracle: what the written promises say becomes of one job in the story, told second by second. It knows the policies,
 * the facts and nothing of the scheduler: no cursor statement, no lease, no plan, and no time that anything takes.
 */
import type { Cell } from './cells.ts';
import { at, FACTS, minuteAt, workOf } from './story-facts.ts';

const MINUTE = 60;
/** Nothing claimed it within so many seconds of its time: it is missed. */
const ON_TIME = 10;
/** A lost run is started again at least once where its job says so. */
const LOST_ATTEMPTS = 2;

const SKIPPED = {
  running: 'skipped: overlap: the run before it was still running',
  full: 'skipped: overlap: another occurrence waits already behind the run before it',
  recorded: 'skipped: recorded: this occurrence has an execution already',
} as const;
const CANCEL = 'cancelRequested: The next occurrence of the job is due (overlap policy is cancelPrevious).';
const LOST = 'lost: The process that ran this job ended, or lost its lease, before the run was over.';
const UNRECORDED =
  'unrecorded: recorded: another instance ran this occurrence too while this one could not reach the database';

interface Occurrence {
  readonly due: number;
  readonly attempt: number;
  readonly trigger: 'schedule' | 'catchUp' | 'retry';
}
interface Running extends Occurrence {
  readonly startedAt: number;
  readonly endsAt: number;
  readonly fails: boolean;
  isUnwanted: boolean;
}
interface Waiting extends Occurrence {
  readonly readyAt: number;
}

/** What is due is claimed; the database is away; or there is nobody who claims. */
function placeAt(now: number): 'up' | 'away' | 'nobody' {
  if (FACTS.outages.some(({ from, to }) => now >= from && now < to)) return 'away';
  const isGap =
    FACTS.losses.some(({ killed, next }) => now >= killed && now < next) || (now >= FACTS.drains && now < FACTS.third);
  return isGap ? 'nobody' : 'up';
}

export class PolicyOracle {
  readonly #cell: Cell;
  readonly #backoff: number;
  readonly #lines: string[] = [];
  readonly #starts: string[] = [];
  #running: Running[] = [];
  #waiting: Waiting[] = [];
  /** The first occurrence that nothing has become of yet. */
  #next = 0;
  #now = 0;

  /** @param backoff seconds after which a run that failed is tried again */
  constructor(cell: Cell, backoff: number) {
    this.#cell = cell;
    this.#backoff = backoff;
  }

  /** Sorted, as `readLedgers` and the calls have them. */
  foretell(): { readonly ledger: string[]; readonly starts: string[] } {
    for (this.#now = 0; this.#now <= FACTS.ends; this.#now += 1) this.#tick();
    return { ledger: this.#lines.toSorted(), starts: this.#starts.toSorted() };
  }

  #tick(): void {
    const now = this.#now;
    for (const run of this.#running) if (run.endsAt <= now) this.#end(run);
    for (const { killed, found } of FACTS.losses) if (now === found) this.#lose(killed);
    const place = placeAt(now);
    if (place === 'nobody' || (place === 'away' && !this.#runsWithoutDatabase())) return;
    if (FACTS.outages.some(({ to }) => to === now)) this.#tellHeld();
    if (now === FACTS.fourthReturns && this.#cell.outagePolicy === 'run') this.#fourthTells();
    this.#startWaiting(place);
    this.#comeToDue();
  }

  /** `auto` runs where the process was alone. */
  #runsWithoutDatabase(): boolean {
    const { outagePolicy } = this.#cell;
    return outagePolicy === 'run' || (outagePolicy === 'auto' && this.#now < FACTS.fourth);
  }

  #isBusy(): boolean {
    return this.#cell.overlapPolicy !== 'allow' && this.#running.length > 0;
  }

  /** Oldest first. Retries wait for the database. */
  #startWaiting(place: 'up' | 'away'): void {
    while (!this.#isBusy()) {
      const [next] = this.#waiting
        .filter(({ readyAt, attempt }) => readyAt <= this.#now && (place === 'up' || attempt === 1))
        .toSorted((a, b) => a.due - b.due);
      if (next === undefined) return;
      this.#waiting = this.#waiting.filter((waiting) => waiting !== next);
      if (this.#isRecorded(next)) this.#tell(next.due, SKIPPED.recorded);
      else this.#start(next);
    }
  }

  #comeToDue(): void {
    const { misfirePolicy } = this.#cell;
    const latest = Math.min(this.#now - (this.#now % MINUTE), FACTS.last);
    const isMissed = (): boolean => this.#now - this.#next > ON_TIME;
    while (this.#next <= latest) {
      if (isMissed() && misfirePolicy === 'skip') this.#pass('misfired: misfire policy is skip');
      else if (isMissed() && misfirePolicy === 'once' && this.#next < latest)
        this.#pass('misfired: coalesced into one run (misfire policy is once)');
      else if (misfirePolicy === 'all' && this.#isBusy() && (isMissed() || this.#isSpared())) return;
      else {
        this.#judge({ due: this.#next, attempt: 1, trigger: isMissed() ? 'catchUp' : 'schedule' });
        this.#next += MINUTE;
      }
    }
  }

  #pass(reason: string): void {
    this.#tell(this.#next, reason);
    this.#next += MINUTE;
  }

  /** `all` leaves none out: the first that is on time again is not skipped because of the last that was caught up. */
  #isSpared(): boolean {
    return this.#cell.overlapPolicy === 'skip' && this.#running.some(({ trigger }) => trigger === 'catchUp');
  }

  #judge(occurrence: Occurrence): void {
    const { overlapPolicy } = this.#cell;
    const isBehind = this.#waiting.some(({ trigger }) => trigger !== 'retry');
    if (!this.#isBusy() && !isBehind) return this.#start(occurrence);
    if (overlapPolicy === 'skip') return this.#tell(occurrence.due, SKIPPED.running);
    if (overlapPolicy === 'queueOne' && isBehind) return this.#tell(occurrence.due, SKIPPED.full);
    if (overlapPolicy === 'cancelPrevious') for (const run of this.#running) this.#cancel(run);
    this.#waiting.push({ ...occurrence, readyAt: this.#now });
  }

  #start(occurrence: Occurrence): void {
    const startedAt = this.#now;
    const occurrenceAt = minuteAt(occurrence.due);
    this.#starts.push(`${occurrenceAt} #${occurrence.attempt}`);
    const work = workOf(occurrenceAt, occurrence.attempt, startedAt);
    const run = { ...occurrence, ...work, startedAt, isUnwanted: false };
    this.#running.push(run);
    if (run.endsAt === startedAt) this.#end(run);
  }

  #end(run: Running): void {
    if (run.isUnwanted) return this.#record(run, 'FAILED CANCELLED');
    this.#record(run, run.fails ? 'FAILED ERROR' : 'SUCCESS');
    if (run.fails && run.attempt < this.#cell.maxAttempts) this.#tryAgain(run, this.#now + this.#backoff);
  }

  #tryAgain({ due, attempt }: Running, readyAt: number): void {
    this.#waiting.push({ due, attempt: attempt + 1, trigger: 'retry', readyAt });
  }

  /** Whoever runs it stops at once, unless he is dead. */
  #cancel(run: Running): void {
    run.isUnwanted = true;
    if (placeAt(this.#now) === 'up') this.#tell(run.due, CANCEL);
    const isDead = FACTS.losses.some(({ killed }) => run.startedAt < killed && this.#now >= killed);
    if (!isDead) this.#end(run);
  }

  /** `onLost` alone decides: attempts are for failures of the job's own. What nobody wants is not started again. */
  #lose(killed: number): void {
    for (const run of this.#running.filter(({ startedAt }) => startedAt < killed)) {
      this.#record(run, 'FAILED LOST');
      this.#tell(run.due, LOST);
      const allowed = Math.max(this.#cell.maxAttempts, LOST_ATTEMPTS);
      if (this.#cell.onLost === 'retry' && !run.isUnwanted && run.attempt < allowed) this.#tryAgain(run, this.#now);
    }
  }

  #tellHeld(): void {
    const reason = `held: outage: the database was away (outage policy is ${this.#cell.outagePolicy}); the misfire policy decides what is run now`;
    if (!this.#runsWithoutDatabase())
      for (let due = this.#next; due <= this.#now; due += MINUTE) this.#tell(due, reason);
  }

  /** Cut off as the third was, it ran the same occurrences, and knew of no run of the third's. One record stands. */
  #fourthTells(): void {
    for (const due of [at('12:29'), at('12:30')]) {
      const run = { due, attempt: 1, trigger: 'schedule', startedAt: due } as const;
      this.#starts.push(`${minuteAt(due)} #1`);
      if (this.#isRecorded(run)) this.#tell(due, UNRECORDED);
      else this.#record({ ...run, endsAt: due, fails: false, isUnwanted: false }, 'SUCCESS');
    }
  }

  #isRecorded({ due, attempt }: Occurrence): boolean {
    return this.#lines.some((line) => line.startsWith(`${minuteAt(due)} #${attempt} `));
  }

  #record(run: Running, ended: string): void {
    const { due, attempt, trigger, startedAt } = run;
    this.#running = this.#running.filter((other) => other !== run);
    this.#tell(due, `#${attempt} ${ended} ${trigger}${startedAt - due > ON_TIME ? ' late' : ''}`);
  }

  #tell(due: number, what: string): void {
    this.#lines.push(`${minuteAt(due)} ${what}`);
  }
}
