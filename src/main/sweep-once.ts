/**
 * One sweep, where no process lives on: an instance for this invocation arms what is new, claims what is due and what waits,
 * runs it, records it, and gives its lease back. The loop, the claims and the policies are those of every replica.
 *
 * Invariants: it ends, because claiming ends after `claimForMs` at the latest, and the runs are aborted `runForMs` after
 * that; it reads no more configurations than are due or new; what it leaves is left to the next sweep, or to a replica.
 */
import { startLongTimer } from '../modules/foundation/application/long-timer.ts';
import type { FoundationContainer } from '../modules/foundation/container.ts';
import type { MergedJobRegistry } from '../modules/foundation/domain/job-definition.ts';
import { tokenOf } from '../modules/foundation/tokens.ts';
import { Lifespan } from './lifespan.ts';
import { engineSteps } from './scheduler-steps.ts';
import { seedFirstStart } from './seed-first-start.ts';

/** So many configurations that are due or new; the next sweep goes on with the others. */
const MAX_SWEPT = 1_000;

export interface SweepOptions {
  /** What this sweep runs. The others are left alone. */
  readonly registry: MergedJobRegistry;
  /** True: others run what is not in this registry, and tell of what nobody runs. */
  readonly isPartial?: boolean;
  /** Once it claims. */
  readonly onClaiming?: () => Promise<void>;
  /** How long anything may be claimed, in milliseconds. */
  readonly claimForMs: number;
  /** How long runs may go on after that, in milliseconds. */
  readonly runForMs: number;
}

export interface SweepReport {
  /** False: nothing was done, since the database could not be used. */
  readonly isUp: boolean;
  /** Runs that this sweep started. */
  readonly started: number;
}

/**
 * @param container of this invocation alone
 * @throws DatabaseVersionError; DatabaseUnavailableError where the database goes away before anything is claimed
 */
export async function sweepOnce(container: FoundationContainer, options: SweepOptions): Promise<SweepReport> {
  const supervisor = container.resolve(tokenOf('supervisor'));
  const loop = container.resolve(tokenOf('loop'));
  const pendingStarter = container.resolve(tokenOf('pendingStarter'));
  const runs = { started: 0, ended: 0 };
  container.resolve(tokenOf('bus')).subscribe(({ type }) => {
    if (type === 'run.started') runs.started += 1;
    if (type === 'run.finished') runs.ended += 1;
  });
  const claims = {
    name: 'claims',
    start: () => (supervisor.isUp ? startClaims(container, options) : undefined),
    stop: async () => void (await Promise.all([loop.stop(), pendingStarter.stop()])),
  };
  const steps = [...engineSteps(container, options.runForMs), claims];
  const lifespan = new Lifespan(steps, container.resolve(tokenOf('logger')));
  await lifespan.start();
  const { isUp } = supervisor;
  if (isUp) await claimAll(container, options.claimForMs, runs);
  await lifespan.stop();
  return { isUp, started: runs.started };
}

/** Cursors of new and changed configurations are set, so that no occurrence from now on is missed. @throws DatabaseUnavailableError */
export async function armOnce(container: FoundationContainer, registry: MergedJobRegistry): Promise<void> {
  const cursors = await container.resolve(tokenOf('claims')).getDueOrUnarmed(MAX_SWEPT);
  container.resolve(tokenOf('directory')).useRegistry(registry);
  if (cursors.length > 0) await container.resolve(tokenOf('loader')).reload(cursors.map(({ jobId }) => jobId));
}

async function startClaims(container: FoundationContainer, options: SweepOptions): Promise<void> {
  await seedFirstStart(container);
  await armOnce(container, options.registry);
  if (options.isPartial !== true) await container.resolve(tokenOf('unclaimedTeller')).tell();
  container.resolve(tokenOf('loop')).start();
  container.resolve(tokenOf('pendingStarter')).start();
  await options.onClaiming?.();
}

/** Until nothing is due and nothing runs, or the time is over. */
async function claimAll(
  container: FoundationContainer,
  claimForMs: number,
  runs: { readonly ended: number },
): Promise<void> {
  const wired = { clock: container.resolve(tokenOf('clock')), timers: container.resolve(tokenOf('timers')) };
  const loop = container.resolve(tokenOf('loop'));
  const pendingStarter = container.resolve(tokenOf('pendingStarter'));
  const dispatcher = container.resolve(tokenOf('dispatcher'));
  const over = Promise.withResolvers<void>();
  const window = new AbortController();
  let seenEnded = 0;
  const cancel = startLongTimer(wired, claimForMs, () => {
    window.abort();
    over.resolve();
  });
  while (!window.signal.aborted) {
    await loop.idle();
    await pendingStarter.idle();
    if (loop.canClaim) {
      loop.wake();
    } else if (dispatcher.activeCount > 0) {
      await Promise.race([dispatcher.idle(), over.promise]);
    } else if (seenEnded < runs.ended) {
      seenEnded = runs.ended;
      lookAgain(container);
      pendingStarter.wake();
    } else {
      break;
    }
  }
  cancel();
}

/** What is due still has waited for a run to end, and one has: it need not wait for the loop's own next look. */
function lookAgain(container: FoundationContainer): void {
  const directory = container.resolve(tokenOf('directory'));
  const now = container.resolve(tokenOf('time')).now();
  for (const jobId of directory.jobIds) {
    const entry = directory.get(jobId);
    if (entry?.dueAt != null && entry.dueAt <= now) directory.put(entry.job, entry.dueAt);
  }
}
