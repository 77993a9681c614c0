/** What a run has said, for whoever asks: with its record, or line by line while it runs. */
import type { RunLogLine } from '../domain/run-output.ts';
import { type ExecutionSources, findExecution } from './execution-lookup.ts';
import type { ExecutionView } from './execution-view.ts';
import type { RunOutputs } from './ports/run-outputs.ts';

/** More than a run keeps: one answer has them all. */
const MAX_LINES = 5_000;

export interface ExecutionReport {
  readonly execution: ExecutionView;
  readonly lines: readonly RunLogLine[];
}

export interface RunLogPart {
  readonly lines: readonly RunLogLine[];
  /** What to ask for next. */
  readonly nextAfter: number;
  /** Nothing will follow. */
  readonly isEnded: boolean;
}

export class RunLogs {
  readonly #deps: ExecutionSources & { readonly outputs: RunOutputs };

  constructor(deps: ExecutionSources & { readonly outputs: RunOutputs }) {
    this.#deps = deps;
  }

  /** @throws ExecutionNotFoundError */
  async report(id: string): Promise<ExecutionReport> {
    const execution = await findExecution(id, this.#deps);
    return { execution, lines: await this.#deps.outputs.getLines(id, { after: 0, limit: MAX_LINES }) };
  }

  /** The lines after that number. @throws ExecutionNotFoundError */
  async follow(id: string, after: number): Promise<RunLogPart> {
    // First the record: what has ended by now has all its lines.
    const execution = await findExecution(id, this.#deps);
    const lines = await this.#deps.outputs.getLines(id, { after, limit: MAX_LINES });
    return { lines, nextAfter: lines.at(-1)?.line ?? after, isEnded: execution.status !== 'RUNNING' };
  }
}
