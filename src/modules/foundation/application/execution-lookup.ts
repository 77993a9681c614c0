/** Finding runs, by id and by job. Owns the rule that a run can be found at every moment between its order and its pruning. */
import { ExecutionNotFoundError, JobNotFoundError } from '../domain/errors.ts';
import { type ExecutionView, viewExecution, viewPendingRun } from './execution-view.ts';
import type { ExecutionLogRepository, ExecutionQuery } from './ports/execution-log-repository.ts';
import type { JobConfigRepository, Page } from './ports/job-config-repository.ts';
import type { PendingRuns } from './ports/pending-runs.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export interface ExecutionSources {
  readonly configs: JobConfigRepository;
  readonly executions: ExecutionLogRepository;
  readonly pending: PendingRuns;
}

/** @throws ExecutionNotFoundError */
export async function findExecution(
  id: string,
  { configs, executions, pending }: ExecutionSources,
): Promise<ExecutionView> {
  if (!UUID.test(id)) throw new ExecutionNotFoundError(id);
  const recorded = await executions.getById(id);
  if (recorded !== null) return viewExecution(recorded);
  const waiting = await pending.getById(id);
  if (waiting !== null) return viewPendingRun(waiting, (await configs.getByJobId(waiting.jobId))?.maxAttempts ?? 1);
  // It may have been started between the two questions.
  const started = await executions.getById(id);
  if (started === null) throw new ExecutionNotFoundError(id);
  return viewExecution(started);
}

/** null: there is none. */
export async function findKnownExecution(id: string, sources: ExecutionSources): Promise<ExecutionView | null> {
  try {
    return await findExecution(id, sources);
  } catch (error) {
    if (error instanceof ExecutionNotFoundError) return null;
    throw error;
  }
}

/** Newest first. */
export async function listExecutions(
  query: ExecutionQuery,
  { executions }: Pick<ExecutionSources, 'executions'>,
): Promise<Page<ExecutionView>> {
  const page = await executions.list(query);
  return { items: page.items.map(viewExecution), nextCursor: page.nextCursor };
}

/** History outlives its job. @throws JobNotFoundError where there is neither */
export async function listExecutionsOfJob(
  query: ExecutionQuery & { readonly jobId: string },
  sources: ExecutionSources,
): Promise<Page<ExecutionView>> {
  const page = await listExecutions(query, sources);
  if (page.items.length > 0 || (await sources.configs.getByJobId(query.jobId)) !== null) return page;
  const [any] = await sources.executions.getRecentByJobId(query.jobId, 1);
  if (any === undefined) throw new JobNotFoundError(query.jobId);
  return page;
}
