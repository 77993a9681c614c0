/**
 * Which starts the database may not have known of, so that another of the same occurrence may stand beside them. `run` runs
 * wherever it cannot be asked; `auto` where its process was the only live one at its last contact; `hold` never.
 */
import { MISSED_MS } from '../../../src/modules/foundation/application/ports/instances.ts';
import { groupBy, type History } from '../history.ts';
import type { LeaseRecord } from '../lease-record.ts';
import { isDisturbed, mayBeUnanswered } from './disturbed.ts';

/** A lease that another has just begun, or just lost, may be missing in what a renewal of that moment sees. */
const JUST_MS = 2_000;

interface Start {
  readonly jobId: string;
  /** The incarnation of a replica. */
  readonly instance: string;
  readonly atMs: number;
}

export interface Unseen {
  /** By its job's policy. */
  mayBe(start: Start): boolean;
  /** The same, and something was being done to its replica or to the server. */
  isExcused(start: Start): boolean;
  /** Any of the job's. */
  mayHave(jobId: string): boolean;
}

export function unseenStarts(history: History): Unseen {
  const policies = new Map(history.orders.briefJobs.map(({ jobId }) => [jobId, 'hold']));
  for (const { jobId, spec } of history.jobs) policies.set(jobId, spec.outagePolicy);
  const mayBeAlone = aloneAtLastContact(history);
  // A job that nobody told the suite of has the default.
  const policyOf = (jobId: string): string => policies.get(jobId) ?? 'auto';
  const mayBe = ({ jobId, instance, atMs }: Start): boolean => {
    const policy = policyOf(jobId);
    return policy === 'run' || (policy === 'auto' && mayBeAlone(instance, atMs));
  };
  const isExcused = (start: Start): boolean => isDisturbed(history, start.instance, start.atMs) && mayBe(start);
  const starts = history.ledger.filter(({ event, jobId }) => event === 'start' && policyOf(jobId) === 'auto');
  const startsOf = groupBy(starts, ({ jobId }) => jobId);
  const mayHave = (jobId: string): boolean => policyOf(jobId) === 'run' || (startsOf.get(jobId) ?? []).some(isExcused);
  return { mayBe, isExcused, mayHave };
}

/** Whether an instance may have been alone when it last heard of the database before an instant. */
function aloneAtLastContact(history: History): (instance: string, atMs: number) => boolean {
  const leasesOf = groupBy(history.leases, ({ instance }) => instance);
  return (instance, atMs) => {
    const own = (leasesOf.get(instance) ?? []).filter((lease) => lease.atMs <= atMs);
    // By confirming what is due an instance does not hear of the others; and what others wrote of it is no renewal.
    const isBeat = ({ confirmedUntilMs, renewedAtMs }: LeaseRecord, at: number): boolean =>
      confirmedUntilMs === (own[at - 1]?.confirmedUntilMs ?? null) && renewedAtMs !== own[at - 1]?.renewedAtMs;
    const renewals = own.filter(isBeat).toReversed();
    // The answer of one that was written while something was being done to it may never have come.
    const answered = renewals.findIndex((lease) => !mayBeUnanswered(history, instance, lease.atMs));
    const contacts = answered === -1 ? renewals : renewals.slice(0, answered + 1);
    const others = [...leasesOf].filter(([name]) => name !== instance).map(([, leases]) => leases);
    return contacts.some(({ renewedAtMs }) => !others.some((leases) => isSurelyThere(leases, renewedAtMs)));
  };
}

/** Alive, or missed: its lease ended less than a minute ago, and not by itself. */
function isSurelyThere(leases: readonly LeaseRecord[], atMs: number): boolean {
  return [atMs, atMs - JUST_MS].every((ms) => {
    const last = leases.findLast((lease) => lease.atMs <= ms);
    if (last === undefined) return false;
    const isReleased = last.untilMs <= last.renewedAtMs;
    return last.untilMs + (isReleased ? 0 : MISSED_MS - JUST_MS) > ms;
  });
}
