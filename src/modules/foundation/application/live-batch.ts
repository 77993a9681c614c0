/**
 * What happens within a moment, gathered to be told at once. Invariant: however much happens, a batch stays small: of
 * many runs only the numbers are told, of a run's progress only the newest.
 */
import type { LiveDraft } from './live-draft.ts';

/** So many starts and ends are told one by one; of more, only how many there were. */
const MAX_SINGLE_RUNS = 100;
/** So much of what runs say is told; beyond, that there was more. */
const MAX_OUTPUT_BYTES = 32_000;

interface RunCounts {
  started: number;
  succeeded: number;
  failed: number;
}

export class LiveBatch {
  #drafts: LiveDraft[] = [];
  #counts: RunCounts = { started: 0, succeeded: 0, failed: 0 };
  #unsaid = 0;
  #outputBytes = 0;

  get isEmpty(): boolean {
    return this.#drafts.length === 0 && this.#runs === 0 && this.#unsaid === 0;
  }

  /** So many runs that none is told by itself any more: counting them is enough. */
  get isCounting(): boolean {
    return this.#runs > MAX_SINGLE_RUNS;
  }

  /** A run's start or end that is not told by itself. */
  count(change: keyof RunCounts): void {
    this.#counts[change] += 1;
  }

  add(draft: LiveDraft): void {
    if (draft.type === 'run.started' || draft.type === 'run.finished') this.#addRun(draft);
    else this.#addOutput(draft);
  }

  /** Everything, in its order, and empty from then on. @param at of the numbers; RFC 3339 */
  take(at: string): LiveDraft[] {
    const isMany = this.#runs > MAX_SINGLE_RUNS;
    const numbers = { ...(isMany ? this.#counts : { started: 0, succeeded: 0, failed: 0 }), unsaid: this.#unsaid };
    const taken = this.#drafts;
    this.#drafts = [];
    this.#counts = { started: 0, succeeded: 0, failed: 0 };
    this.#unsaid = 0;
    this.#outputBytes = 0;
    if (!isMany && numbers.unsaid === 0) return taken;
    return [...taken, { type: 'runs.changed', at, jobId: null, executionId: null, data: numbers }];
  }

  get #runs(): number {
    return this.#counts.started + this.#counts.succeeded + this.#counts.failed;
  }

  #addRun(draft: LiveDraft): void {
    if (draft.type === 'run.started') this.count('started');
    else this.count(draft.data['status'] === 'SUCCESS' ? 'succeeded' : 'failed');
    if (this.#runs <= MAX_SINGLE_RUNS) this.#drafts.push(draft);
    else if (this.#runs === MAX_SINGLE_RUNS + 1) this.#drafts = this.#drafts.filter(isOutput);
  }

  #addOutput(draft: LiveDraft): void {
    if (draft.type === 'run.progress') {
      const older = this.#drafts.findIndex(
        ({ type, executionId }) => type === draft.type && executionId === draft.executionId,
      );
      if (older !== -1) this.#drafts.splice(older, 1);
    }
    const bytes = JSON.stringify(draft).length;
    if (this.#outputBytes + bytes > MAX_OUTPUT_BYTES) this.#unsaid += 1;
    else this.#drafts.push(draft);
    this.#outputBytes += bytes;
  }
}

function isOutput({ type }: LiveDraft): boolean {
  return type === 'run.progress' || type === 'run.log';
}
