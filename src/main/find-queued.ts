/** Which functions that run in a queue have something to do now: an occurrence that is due or not yet armed, or a run that waits. */
import type { FoundationContainer } from '../modules/foundation/container.ts';
import { handlerOf } from '../modules/foundation/domain/job-config.ts';
import type { MergedJobRegistry } from '../modules/foundation/domain/job-definition.ts';
import { tokenOf } from '../modules/foundation/tokens.ts';

/** So many cursors are looked at; the next sweep goes on with the others. */
const MAX_CURSORS = 1_000;

/** @throws DatabaseUnavailableError */
export async function findQueued(container: FoundationContainer, registry: MergedJobRegistry): Promise<string[]> {
  const queued = [...registry.values()].filter(({ longRunsIn }) => longRunsIn === 'queue').map(({ id }) => id);
  if (queued.length === 0) return [];
  const cursors = await container.resolve(tokenOf('claims')).getDueOrUnarmed(MAX_CURSORS);
  const configs = await container.resolve(tokenOf('configs')).getByJobIds(cursors.map(({ jobId }) => jobId));
  const due = new Set(configs.map(handlerOf));
  const pending = container.resolve(tokenOf('pending'));
  const found: string[] = [];
  for (const handler of queued) {
    const hasWork = due.has(handler) || (await pending.getReady({ handlers: [handler], limit: 1 })).length > 0;
    if (hasWork) found.push(handler);
  }
  return found;
}
