/**
 * Gives back the runs that were claimed ahead and are not to start. A portion a statement, so that each is answered in time:
 * one statement takes more than twice the time for twice as many. Invariant: a run is forgotten here once the database has
 * answered that it is nobody's, or not this instance's; those that an editor keeps locked stay, and are given back later.
 */
import type { HeldRun } from './confirm-due.ts';
import type { HeldRuns } from './held-runs.ts';
import type { InstanceLease } from './instance-lease.ts';
import type { JobLoader } from './job-loader.ts';
import type { AheadClaims } from './ports/ahead-claims.ts';
import type { FireClaims } from './ports/fire-claims.ts';
import type { Logger } from './ports/logger.ts';

const PORTION = 1_000;

export interface GiveBackDeps {
  readonly aheadClaims: AheadClaims;
  readonly claims: FireClaims;
  readonly held: HeldRuns;
  readonly lease: InstanceLease;
}

/**
 * @param onGivenBack is told of each portion, of those that were given back
 * @throws DatabaseUnavailableError with the rest still held
 */
export async function giveBackDoomed(
  deps: GiveBackDeps,
  onGivenBack: (givenBack: readonly HeldRun[]) => Promise<void>,
): Promise<void> {
  const { doomed } = deps.held;
  for (let from = 0; from < doomed.length; from += PORTION)
    await onGivenBack(await giveBack(deps, doomed.slice(from, from + PORTION)));
}

async function giveBack({ aheadClaims, claims, held, lease }: GiveBackDeps, asked: HeldRun[]): Promise<HeldRun[]> {
  const gone = await aheadClaims.giveBack(lease.instanceId, asked);
  const left = asked.map(({ run }) => run.id).filter((id) => !gone.has(id));
  const ours = left.length === 0 ? [] : await claims.getClaimed(lease.instanceId, left);
  const isOurs = new Set(ours.map(({ id }) => id));
  for (const each of asked) if (!isOurs.has(each.run.id)) held.forget(each);
  return asked.filter(({ run }) => gone.has(run.id));
}

/** What was given back is claimed as its row says now. */
export async function claimAgain(
  { loader, logger }: { readonly loader: JobLoader; readonly logger: Logger },
  givenBack: readonly HeldRun[],
): Promise<void> {
  const count = givenBack.length;
  if (count === 0) return;
  logger.debug('What was claimed ahead is given back, and claimed again as its row says.', { count });
  await loader.reload(givenBack.map(({ run }) => run.jobId));
}
