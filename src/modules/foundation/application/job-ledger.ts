/**
 * Reading the ledger of events: who changed what, and why a job ran at an instant or did not. It writes nothing.
 *
 * Invariant: the answer to "why" is put together from what is recorded, so that any replica gives the same one; only whether
 * a function is registered is this process's own knowledge.
 */
import { JobNotFoundError } from '../domain/errors.ts';
import { handlerOf, type JobConfig } from '../domain/job-config.ts';
import type { MergedJobRegistry } from '../domain/job-definition.ts';
import { type JobThen, jobThen } from '../domain/job-then.ts';
import { nextFire } from '../domain/next-fire.ts';
import { isEndless, judgeOccurrence, type OccurrenceFacts, type Verdict } from '../domain/occurrence-verdict.ts';
import { readJobRow } from '../domain/read-job-row.ts';
import { isStorableText } from '../domain/storable-json.ts';
import { sayVerdict, type VerdictWords } from '../domain/words/verdict-words.ts';
import { type AskedInstant, readAskedInstant } from './asked-instant.ts';
import { type ExecutionView, viewExecution, viewPendingRun } from './execution-view.ts';
import type { EventHistory, EventQuery } from './ports/event-history.ts';
import type { RecordedEvent } from './ports/event-ledger.ts';
import type { JobConfigRepository, JobOverview, Page } from './ports/job-config-repository.ts';
import type { OccurrenceRecords } from './ports/occurrence-records.ts';

export interface JobLedgerDeps {
  readonly history: EventHistory;
  readonly configs: JobConfigRepository;
  readonly records: OccurrenceRecords;
  readonly registry: () => MergedJobRegistry;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly defaults: { readonly timezone: string };
}

export interface WhyAnswer extends VerdictWords {
  readonly jobId: string;
  readonly at: Date;
  readonly verdict: Verdict;
  /** The occurrence at that instant; null: there is none. */
  readonly occurrence: Date | null;
  /** Of the schedule as it was then. */
  readonly nearest: { readonly before: Date | null; readonly after: Date | null };
  readonly executions: readonly ExecutionView[];
  readonly events: readonly RecordedEvent[];
  readonly pending: ExecutionView | null;
}

const COVERING = 20;
const AUDITED = 20;
/** Of a second, in an instant's text. */
const FRACTION = /\.\d/;
const SECOND_MS = 1_000;
const HALF_A_DAY_MS = 43_200_000;

export class JobLedger {
  readonly #deps: JobLedgerDeps;

  constructor(deps: JobLedgerDeps) {
    this.#deps = deps;
  }

  /** Newest first. @throws InvalidInputError for a cursor of another list */
  async events(query: EventQuery): Promise<Page<RecordedEvent>> {
    return await this.#deps.history.list(query);
  }

  /** @param at an instant, or a wall time in the job's zone, to the second or exact; left out: the latest occurrence until now, or else the first @throws JobNotFoundError, InvalidInputError */
  async why(jobId: string, at?: string): Promise<WhyAnswer> {
    const { configs, history, records } = this.#deps;
    if (!isStorableText(jobId)) throw new JobNotFoundError(jobId);
    const overview = await configs.getOverview(jobId);
    const { atMs, note } = this.#read(at, overview);
    const audit = await history.getAudit(jobId, new Date(atMs), AUDITED);
    const isExact = at === undefined || FRACTION.test(at);
    const instant = isExact ? new Date(atMs) : await this.#withinSecond(jobId, atMs, { audit, overview });
    const asked = { atMs: instant.getTime(), note };
    if (overview === null && audit.length === 0 && !(await this.#hasRuns(jobId))) throw new JobNotFoundError(jobId);
    const { executions, pending } = await records.read(jobId, instant);
    const events = await history.getCovering(jobId, instant, COVERING);
    const past = jobThen(audit, overview?.config ?? null, asked.atMs);
    const oldestKeptAt = await history.getOldestAt();
    const facts = this.#factsOf({ overview, asked, past, executions, pending, events, oldestKeptAt });
    const judgement = judgeOccurrence(facts);
    const timezone = timezoneOf(past, overview?.config ?? null, this.#deps.defaults.timezone);
    return {
      jobId,
      at: instant,
      verdict: judgement.verdict,
      ...sayVerdict(facts, judgement, { timezone, note: asked.note }),
      occurrence: judgement.isOccurrence ? instant : null,
      nearest: nearestOf(past, asked.atMs),
      executions: executions.map(viewExecution),
      events: eventsToShow(
        events.filter((event) => !isEndless(event) || event === judgement.event),
        audit,
        asked.atMs,
      ),
      pending: pending === null ? null : viewPendingRun(pending, overview?.config.maxAttempts ?? 1),
    };
  }

  /**
   * What runs by an interval, or by hand, has milliseconds that no table shows. What is due exactly then comes first, then
   * what is recorded of that second, then what is due within it.
   */
  async #withinSecond(jobId: string, atMs: number, { audit, overview }: Trail): Promise<Date> {
    const [from, until] = [new Date(atMs), new Date(atMs + SECOND_MS)];
    const { after } = nearestOf(jobThen(audit, overview?.config ?? null, atMs + SECOND_MS - 1), atMs - 1);
    if (after?.getTime() === atMs) return after;
    const recorded = await this.#deps.records.firstWithin(jobId, from, until);
    return recorded ?? (after !== null && after < until ? after : from);
  }

  async #hasRuns(jobId: string): Promise<boolean> {
    return await this.#deps.records.hasAny(jobId);
  }

  #read(at: string | undefined, overview: JobOverview | null): AskedInstant {
    if (at === undefined) return latestOf(overview?.config ?? null, this.#deps.now());
    return readAskedInstant(at, timezoneOf(null, overview?.config ?? null, this.#deps.defaults.timezone));
  }

  #factsOf({ overview, asked, ...read }: Read): OccurrenceFacts {
    const current = overview?.config ?? null;
    return {
      ...read,
      atMs: asked.atMs,
      nowMs: this.#deps.now(),
      current,
      nextFireAt: overview?.nextFireAt ?? null,
      isRegistered: current !== null && this.#deps.registry().has(handlerOf(current)),
    };
  }
}

/** The latest occurrence until now that the job was there for, or else its first; now itself where there is neither. */
function latestOf(config: JobConfig | null, now: number): AskedInstant {
  const nowMs = Math.floor(now);
  if (config === null) return { atMs: nowMs, note: null };
  const was = { kind: 'there', config, isPaused: false } as const;
  const latest = nearestOf(was, nowMs + 1).before;
  if (latest !== null && latest >= config.createdAt) return { atMs: latest.getTime(), note: null };
  const first = nearestOf(was, nowMs).after;
  return { atMs: first?.getTime() ?? nowMs, note: first === null ? null : 'noneYet' };
}

interface Trail {
  readonly audit: readonly RecordedEvent[];
  readonly overview: JobOverview | null;
}

interface Read extends Pick<OccurrenceFacts, 'past' | 'executions' | 'pending' | 'events' | 'oldestKeptAt'> {
  readonly overview: JobOverview | null;
  readonly asked: AskedInstant;
}

/** A zone that cannot be read is not asked. */
function timezoneOf(past: JobThen | null, current: JobConfig | null, fallback: string): string {
  const config = past?.kind === 'there' ? past.config : current;
  return config !== null && readJobRow(config).schedule !== null ? config.timezone : fallback;
}

function nearestOf(past: JobThen, atMs: number): WhyAnswer['nearest'] {
  const schedule = past.kind === 'there' ? readJobRow(past.config).schedule : null;
  if (past.kind !== 'there' || schedule === null) return { before: null, after: null };
  const { startAt, endAt } = past.config;
  const before = schedule.previous(Math.min(atMs, (endAt?.getTime() ?? Number.POSITIVE_INFINITY) + 1));
  const after = nextFire(past.config, schedule, atMs);
  const isBefore = before !== null && startAt !== null && before < startAt.getTime();
  return {
    before: before === null || isBefore ? null : new Date(before),
    after: after === null ? null : new Date(after),
  };
}

/** What speaks of the instant itself, and the edits of the hours around it. */
function eventsToShow(
  covering: readonly RecordedEvent[],
  audit: readonly RecordedEvent[],
  atMs: number,
): RecordedEvent[] {
  const edits = audit.filter(({ at }) => Math.abs(at.getTime() - atMs) < HALF_A_DAY_MS);
  const known = new Set(covering.map(({ id }) => id));
  return [...covering, ...edits.filter(({ id }) => !known.has(id)).toReversed()];
}
