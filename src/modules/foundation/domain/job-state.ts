/**
 * The one word that says how a job is doing. Owns the precedence of the states: the first that holds is the job's.
 *
 *  1. `invalid`     the row cannot be read as a schedule; nothing else can be said of it before that is mended
 *  2. `disabled`    somebody switched it off; what it lacks does no harm meanwhile
 *  3. `paused`      somebody stopped it for a while
 *  4. `unresolved`  it should run, and this process has no such function
 *  5. `late`        its next run is due and nobody has started it
 *  6. `failing`     its last run failed
 *  7. `neverRan`    nothing is wrong, and nothing has happened yet
 *  8. `active`
 */
export const JOB_STATES = [
  'active',
  'paused',
  'disabled',
  'invalid',
  'unresolved',
  'late',
  'failing',
  'neverRan',
] as const;
export type JobState = (typeof JOB_STATES)[number];

/** An occurrence that nobody started within this time is late. */
export const LATE_AFTER_MS = 10_000;

export interface JobFacts {
  /** Why the row cannot be scheduled; null: it can. */
  readonly invalidReason: string | null;
  readonly isEnabled: boolean;
  readonly isPaused: boolean;
  readonly pauseReason: string | null;
  /** The function that no module of this process registers; null: there is one. */
  readonly missingHandler: string | null;
  readonly nextFireAt: Date | null;
  readonly hasFailed: boolean;
  readonly hasRun: boolean;
}

export interface JudgedState {
  readonly state: JobState;
  /** What a person acts on; null where there is nothing to do. */
  readonly reason: string | null;
}

/** @param nowMs milliseconds since 1970 */
export function judgeJobState(facts: JobFacts, nowMs: number): JudgedState {
  if (facts.invalidReason !== null) return { state: 'invalid', reason: facts.invalidReason };
  if (!facts.isEnabled) return { state: 'disabled', reason: null };
  if (facts.isPaused) return { state: 'paused', reason: facts.pauseReason };
  if (facts.missingHandler !== null) return { state: 'unresolved', reason: missingHandlerReason(facts.missingHandler) };
  const lateMs = facts.nextFireAt === null ? 0 : nowMs - facts.nextFireAt.getTime();
  if (lateMs > LATE_AFTER_MS) return { state: 'late', reason: lateReason(lateMs) };
  if (facts.hasFailed) return { state: 'failing', reason: 'The last run failed. Its execution says why.' };
  return { state: facts.hasRun ? 'active' : 'neverRan', reason: null };
}

function missingHandlerReason(handler: string): string {
  return `No module of this process registers a job function '${handler}'. It runs once one does.`;
}

function lateReason(lateMs: number): string {
  return `Its next run has been due for ${Math.floor(lateMs / 1_000)} s and no instance has started it.`;
}
