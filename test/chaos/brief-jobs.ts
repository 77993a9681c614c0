/**
 * Jobs that come and go while the cluster is under attack: made, backfilled, removed at the instant they are due.
 * Invariant: a job is removed by one request at a time, and no id is used twice.
 */
import type { AdminClient } from './admin-client.ts';
import type { BackfillRecord, BriefJob } from './history.ts';
import type { SeededRandom } from './seeded-random.ts';
import { machineNow } from './shifted-date.ts';

/** So many there may be at a time. */
const MOST = 5;

interface MadeJob extends BriefJob {
  readonly isInTurn: boolean;
  /** One that is disabled runs by its backfills alone. */
  readonly isEnabled: boolean;
}

export class BriefJobs {
  readonly #client: AdminClient;
  readonly #random: SeededRandom;
  readonly #jobs = new Map<string, MadeJob>();
  readonly backfills: BackfillRecord[] = [];
  #count = 0;

  constructor(client: AdminClient, random: SeededRandom) {
    this.#client = client;
    this.#random = random;
  }

  get all(): BriefJob[] {
    return [...this.#jobs.values()];
  }

  /** Does one of the things that may be done to them. */
  async act(): Promise<void> {
    const standing = [...this.#jobs.values()].filter((job) => job.madeAtMs !== null && !job.isRemovalAsked);
    const idle = standing.filter(({ isEnabled }) => !isEnabled);
    const what = this.#random.next();
    if (standing.length >= MOST || (standing.length > 1 && what < 0.4)) await this.#remove(this.#random.pick(standing));
    else if (idle.length > 0 && what < 0.75) await this.#backfill(this.#random.pick(idle));
    else await this.#make();
  }

  async #make(): Promise<void> {
    this.#count += 1;
    const jobId = `brief-${this.#count}`;
    const isInTurn = this.#random.chance(0.5);
    const isEnabled = this.#random.chance(0.5);
    const job: MadeJob = { jobId, madeAtMs: null, removedAtMs: null, isRemovalAsked: false, isInTurn, isEnabled };
    this.#jobs.set(jobId, job);
    const body = {
      jobName: 'Comes and goes',
      handler: 'chaos.tick',
      cronExpression: '* * * * * *',
      dialect: 'unix',
      timezone: 'UTC',
      enabled: isEnabled,
      outagePolicy: 'hold',
      overlapPolicy: isInTurn ? 'skip' : 'allow',
    };
    const response = await this.#client.call({ method: 'PUT', path: `/admin/jobs/${jobId}`, body });
    if (response?.ok === true) this.#jobs.set(jobId, { ...job, madeAtMs: machineNow() });
  }

  async #remove(job: MadeJob): Promise<void> {
    const asked = { ...job, isRemovalAsked: true };
    this.#jobs.set(job.jobId, asked);
    const response = await this.#client.call({ method: 'DELETE', path: `/admin/jobs/${job.jobId}` });
    if (response?.ok === true) this.#jobs.set(job.jobId, { ...asked, removedAtMs: machineNow() });
  }

  async #backfill({ jobId, isInTurn }: MadeJob): Promise<void> {
    const toMs = machineNow() - this.#random.between(0, 20_000);
    const fromMs = toMs - this.#random.between(2_000, 9_000);
    const body = { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
    const response = await this.#client.call({ method: 'POST', path: `/admin/jobs/${jobId}/backfill`, body });
    if (response?.status !== 202) return;
    const { occurrences } = (await response.json()) as {
      occurrences: { fate: string; scheduledAt: string; executionId: string }[];
    };
    const added = occurrences.filter(({ fate }) => fate === 'added');
    const runs = added.map(({ executionId, scheduledAt }) => ({ executionId, scheduledAtMs: Date.parse(scheduledAt) }));
    this.backfills.push({ jobId, isInTurn, answeredAtMs: machineNow(), runs });
  }
}
