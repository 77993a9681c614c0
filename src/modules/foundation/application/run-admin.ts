/**
 * What a person asks of single runs: that one stop, that one run again. Invariant: an order goes down as a row, so that
 * every replica can take it, whichever runs the job.
 */
import { ExecutionNotFoundError, ExecutionStateError, JobNotFoundError } from '../domain/errors.ts';
import type { MergedJobRegistry } from '../domain/job-definition.ts';
import { type ExecutionSources, findExecution } from './execution-lookup.ts';
import { type ExecutionView, viewPendingRun } from './execution-view.ts';
import { checkKwargs } from './job-spec-check.ts';
import type { Cancellations } from './ports/cancellations.ts';

export interface RunAdminDeps extends ExecutionSources {
  readonly cancellations: Cancellations;
  readonly registry: () => MergedJobRegistry;
  readonly newId: () => string;
}

export interface RunOrder {
  readonly actor: string;
  readonly reason?: string;
}

/** A run that waits may be started while it is asked for: then it is asked for again. */
const CANCEL_TRIES = 3;

export class RunAdmin {
  readonly #deps: RunAdminDeps;

  constructor(deps: RunAdminDeps) {
    this.#deps = deps;
  }

  /** @throws ExecutionNotFoundError, ExecutionStateError where it has ended */
  async cancel(id: string, { actor, reason }: RunOrder): Promise<ExecutionView> {
    for (let tries = 1; ; tries += 1) {
      const { status } = await findExecution(id, this.#deps);
      if (status !== 'RUNNING' || tries > CANCEL_TRIES) {
        throw new ExecutionStateError('EXECUTION_NOT_RUNNING', `Execution '${id}' has ended: it is ${status}.`);
      }
      const order = { executionId: id, actor, reason: reason ?? `Cancelled by ${actor}.` };
      if (await this.#deps.cancellations.request(order)) return await findExecution(id, this.#deps);
    }
  }

  /** @throws ExecutionNotFoundError, ExecutionStateError where it has not ended, JobNotFoundError, InvalidJobError */
  async retry(id: string, { actor, reason }: RunOrder): Promise<ExecutionView> {
    const { status } = await findExecution(id, this.#deps);
    if (status === 'RUNNING') {
      throw new ExecutionStateError('EXECUTION_RUNNING', `Execution '${id}' has not ended. Cancel it first.`);
    }
    const { configs, executions, newId, pending, registry } = this.#deps;
    const stored = await executions.getById(id);
    if (stored === null) throw new ExecutionNotFoundError(id);
    const config = await configs.getByJobId(stored.jobId);
    if (config === null) throw new JobNotFoundError(stored.jobId);
    await checkKwargs({ ...config, jobKwargs: stored.jobKwargs }, registry());
    const run = await pending.addRetry({
      id: newId(),
      executionId: id,
      jobId: stored.jobId,
      reason: reason ?? null,
      actor,
    });
    if (run === null) throw new ExecutionNotFoundError(id);
    return viewPendingRun(run, config.maxAttempts);
  }
}
