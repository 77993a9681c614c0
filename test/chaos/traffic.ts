/**
 * What people do while the cluster is under attack: edits at the instant a job is due, triggers, bad rows, by the API and
 * by SQL. Invariant: each job is edited by one edit at a time, and what was answered is remembered as it was answered.
 */
import { AdminClient } from './admin-client.ts';
import type { ChaosDatabase } from './chaos-database.ts';
import type { Cluster } from './cluster.ts';
import type { EditRecord, TriggerRecord } from './history.ts';
import { type Herd, isBeingClaimed } from './herd.ts';
import { Operator } from './operator.ts';
import { SeededRandom } from './seeded-random.ts';
import { machineNow } from './shifted-date.ts';
import { Steering } from './steering.ts';
import { badRow, type ChaosJob } from './workload.ts';

/** A restless job is left alone for so long after an edit of its schedule. */
const RESTS_MS = 50_000;
/** Of a large herd so many are edited at once. */
const MANY = 200;
const SCHEDULES = ['* * * * * *', '*/2 * * * * *', '*/3 * * * * *', '1-59/2 * * * * *'];

/** The schedule of a restless job from then on. */
export interface Rescheduling {
  readonly jobId: string;
  readonly cronExpression: string;
  readonly askedAtMs: number;
  readonly answeredAtMs: number;
}

export interface TrafficOptions {
  readonly jobs: readonly ChaosJob[];
  readonly herd: Herd;
  readonly seed: number;
}

export class Traffic {
  readonly edits: EditRecord[] = [];
  readonly triggers: TriggerRecord[] = [];
  readonly reschedulings: Rescheduling[] = [];
  badRows = 0;
  readonly operator: Operator;
  readonly steering: Steering;
  readonly #client: AdminClient;
  readonly #database: ChaosDatabase;
  readonly #herd: Herd;
  readonly #jobIds: ReadonlyMap<ChaosJob['role'], readonly string[]>;
  readonly #random: SeededRandom;
  readonly #busy = new Set<string>();
  readonly #underWay = new Set<Promise<unknown>>();
  #isOver = false;
  #count = 0;

  constructor(cluster: Cluster, { jobs, herd, seed }: TrafficOptions) {
    this.#database = cluster.database;
    this.#herd = herd;
    const byRole = Map.groupBy(jobs, ({ role }) => role);
    this.#jobIds = new Map([...byRole].map(([role, all]) => [role, all.map(({ spec }) => spec.jobId)]));
    this.#random = SeededRandom.of(seed, 'traffic');
    this.#client = new AdminClient(cluster, this.#random);
    this.steering = new Steering(this.#client, this.#random, byRole.get('steered') ?? []);
    this.operator = new Operator({ client: this.#client, database: this.#database, random: this.#random });
  }

  /** Goes on until it is stopped. */
  async run(): Promise<void> {
    while (!this.#isOver) {
      await sleep(this.#drawPause());
      const work = this.#act().catch(() => undefined);
      this.#underWay.add(work);
      void work.finally(() => this.#underWay.delete(work));
    }
    await Promise.all(this.#underWay);
    await this.operator.finish();
    await this.steering.finish();
  }

  stop(): void {
    this.#isOver = true;
  }

  /** Half of what is done is done as jobs are due; much, while a large herd is being claimed. */
  #drawPause(): number {
    const alignMs = this.#random.between(this.#random.chance(0.5) ? -60 : -900, 60);
    const waitMs = this.#random.between(100, 600);
    const isAtOnce = this.#random.chance(0.5);
    if (isBeingClaimed(this.#herd, machineNow())) return waitMs / 10;
    const pauseMs = isAtOnce ? waitMs : 1_000 + alignMs - (machineNow() % 1_000);
    const { isLarge, everyMs, aheadMs } = this.#herd;
    return isLarge ? Math.min(pauseMs, everyMs - aheadMs - (machineNow() % everyMs)) : pauseMs;
  }

  async #act(): Promise<void> {
    const what = this.#random.next();
    if (what < 0.08) await this.#alone('edited', (jobId) => this.#editByApi(jobId));
    else if (what < 0.2) await this.#alone('steered', (jobId) => this.steering.edit(jobId));
    else if (what < 0.28)
      await (this.#herd.isLarge ? this.#editMany() : this.#alone('edited', (jobId) => this.#editBySql(jobId)));
    else if (what < 0.4) await this.#trigger(this.#pick('triggered'));
    else if (what < 0.46) await this.operator.triggerUnheard(this.#pick('triggered'));
    else if (what < 0.54) await this.#alone('restless', (jobId) => this.#reschedule(jobId));
    else if (what < 0.66) await this.#alone('paused', (jobId) => this.operator.toggle(jobId));
    else if (what < 0.78) await this.operator.cancel();
    else if (what < 0.84) await this.operator.retry();
    else if (what < 0.96) await this.operator.comeAndGo();
    else await this.#insertBadRow();
  }

  async #editByApi(jobId: string): Promise<void> {
    await this.#edit(jobId, async (value) => {
      const response = await this.#client.call({
        method: 'PATCH',
        path: `/admin/jobs/${jobId}`,
        body: { notes: value },
      });
      return response?.ok === true;
    });
  }

  async #editBySql(jobId: string): Promise<void> {
    await this.#edit(jobId, async (value) => {
      await this.#database.ask('update scheduler_job_config set notes = $1 where job_id = $2', [value, jobId]);
      return true;
    });
  }

  /** One statement, as whoever changes a whole herd writes it. */
  async #editMany(): Promise<void> {
    const all = this.#jobIds.get('edited')!;
    const from = this.#random.between(0, all.length - 1);
    const jobIds = all.slice(from, from + MANY).filter((jobId) => !this.#busy.has(jobId));
    for (const jobId of jobIds) this.#busy.add(jobId);
    this.#count += 1;
    const value = `edit ${this.#count}`;
    const askedAtMs = machineNow();
    const isAcknowledged = await this.#database
      .ask(
        'update scheduler_job_config set notes = $1 where job_id in (select jsonb_array_elements_text($2::text::jsonb))',
        [value, JSON.stringify(jobIds)],
      )
      .then(
        () => true,
        () => false,
      );
    for (const jobId of jobIds) {
      this.#busy.delete(jobId);
      this.edits.push({ jobId, value, askedAtMs, answeredAtMs: machineNow(), isAcknowledged });
    }
  }

  async #edit(jobId: string, write: (value: string) => Promise<boolean>): Promise<void> {
    this.#count += 1;
    const value = `edit ${this.#count}`;
    const askedAtMs = machineNow();
    const isAcknowledged = await write(value).catch(() => false);
    this.edits.push({ jobId, value, askedAtMs, answeredAtMs: machineNow(), isAcknowledged });
  }

  async #trigger(jobId: string): Promise<void> {
    const askedAtMs = machineNow();
    const response = await this.#client.call({ method: 'POST', path: `/admin/jobs/${jobId}/trigger`, body: {} });
    if (response?.status !== 202) return;
    const { id } = (await response.json()) as { id: string };
    this.triggers.push({ jobId, executionId: id, askedAtMs });
  }

  async #reschedule(jobId: string): Promise<void> {
    const last = this.reschedulings.findLast((edit) => edit.jobId === jobId);
    const askedAtMs = machineNow();
    if (last !== undefined && askedAtMs - last.answeredAtMs < RESTS_MS) return;
    const cronExpression = this.#random.pick(SCHEDULES);
    await this.#database.insist('update scheduler_job_config set cron_expression = $1 where job_id = $2', [
      cronExpression,
      jobId,
    ]);
    this.reschedulings.push({ jobId, cronExpression, askedAtMs, answeredAtMs: machineNow() });
  }

  async #insertBadRow(): Promise<void> {
    this.badRows += 1;
    const row = badRow(this.#random, this.badRows);
    const names = Object.keys(row);
    const marks = names.map((name, at) => (name === 'job_kwargs' ? `$${at + 1}::text::jsonb` : `$${at + 1}`));
    await this.#database.ask(
      `insert into scheduler_job_config (${names.join(', ')}) values (${marks.join(', ')}) on conflict do nothing`,
      Object.values(row),
    );
  }

  async #alone(role: ChaosJob['role'], work: (jobId: string) => Promise<void>): Promise<void> {
    const jobId = this.#pick(role);
    if (this.#busy.has(jobId)) return;
    this.#busy.add(jobId);
    try {
      await work(jobId);
    } finally {
      this.#busy.delete(jobId);
    }
  }

  #pick(role: ChaosJob['role']): string {
    return this.#random.pick(this.#jobIds.get(role) ?? []);
  }
}

async function sleep(ms: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, Math.max(ms, 0)));
}
