/**
 * Edits of a job's schedule, overlap policy, arguments and whether it is enabled, by the API. Invariant: a job has one edit
 * at a time, which is asked for until it is known to be made; each request names the reading that it edits, so that one whose
 * answer was lost undoes no later edit; every job is enabled when `finish` has resolved.
 */
import type { AdminClient } from './admin-client.ts';
import type { JobVersion } from './job-version.ts';
import type { SeededRandom } from './seeded-random.ts';
import { machineNow } from './shifted-date.ts';
import type { ChaosJob } from './workload.ts';

const SCHEDULES = ['* * * * * *', '*/2 * * * * *', '*/3 * * * * *', '1-59/2 * * * * *'];
const POLICIES = ['skip', 'queueOne', 'allow'] as const;
const RESTS_MS = 2_000;
const TRIES_EVERY_MS = 200;
const MOST_TRIES = 300;

type Change = Partial<Pick<JobVersion, 'cronExpression' | 'enabled' | 'overlapPolicy'>>;

export class Steering {
  readonly #client: Pick<AdminClient, 'call'>;
  readonly #random: SeededRandom;
  readonly #versionsOf = new Map<string, JobVersion[]>();
  readonly #restsUntil = new Map<string, number>();

  constructor(client: Pick<AdminClient, 'call'>, random: SeededRandom, jobs: readonly ChaosJob[]) {
    this.#client = client;
    this.#random = random;
    for (const { spec } of jobs) {
      const { jobId, cronExpression, enabled, overlapPolicy } = spec;
      const first = { jobId, cronExpression, enabled, overlapPolicy, version: 0 };
      const always = Number.NEGATIVE_INFINITY;
      this.#versionsOf.set(jobId, [{ ...first, askedAtMs: always, answeredAtMs: always }]);
    }
  }

  /** Those of each job in their order, the one that it began with among them. */
  get versions(): JobVersion[] {
    return [...this.#versionsOf.values()].flat();
  }

  /** Edits a job, unless it was edited just before. To be called once at a time for each. */
  async edit(jobId: string): Promise<void> {
    if (machineNow() < (this.#restsUntil.get(jobId) ?? 0)) return;
    await this.#change(jobId, this.#draw(this.#last(jobId)));
  }

  async finish(): Promise<void> {
    for (const jobId of this.#versionsOf.keys()) {
      if (!this.#last(jobId).enabled) await this.#change(jobId, { enabled: true });
    }
  }

  #last(jobId: string): JobVersion {
    return this.#versionsOf.get(jobId)!.at(-1)!;
  }

  #draw({ enabled }: JobVersion): Change {
    if (!enabled) return { enabled: true };
    const what = this.#random.next();
    if (what < 0.25) return { enabled: false };
    if (what < 0.55) return { cronExpression: this.#random.pick(SCHEDULES) };
    if (what < 0.85) return { overlapPolicy: this.#random.pick(POLICIES) };
    return {};
  }

  async #change(jobId: string, change: Change): Promise<void> {
    const last = this.#last(jobId);
    const version = last.version + 1;
    const askedAtMs = machineNow();
    let tries = 1;
    while (!(await this.#make(jobId, { ...change, jobKwargs: { version } }).catch(() => false))) {
      tries += 1;
      if (tries > MOST_TRIES) throw new Error(`An edit of ${jobId} was not acknowledged in ${MOST_TRIES} tries.`);
      await new Promise((resolve) => setTimeout(resolve, TRIES_EVERY_MS));
    }
    const answeredAtMs = machineNow();
    this.#versionsOf.get(jobId)!.push({ ...last, ...change, version, askedAtMs, answeredAtMs });
    this.#restsUntil.set(jobId, answeredAtMs + RESTS_MS);
  }

  /** @returns whether it is made, now or by a request that was not heard of @throws where there is no answer */
  async #make(jobId: string, body: Change & { readonly jobKwargs: { readonly version: number } }): Promise<boolean> {
    const path = `/admin/jobs/${jobId}`;
    const reading = await this.#client.call({ method: 'GET', path });
    if (reading?.ok !== true) return false;
    const { jobKwargs } = (await reading.json()) as { jobKwargs: { version: number } };
    if (jobKwargs.version === body.jobKwargs.version) return true;
    const headers = { 'if-match': reading.headers.get('etag') ?? '' };
    const response = await this.#client.call({ method: 'PATCH', path, body, headers });
    return response?.ok === true;
  }
}
