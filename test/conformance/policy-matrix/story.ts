/** Lets every cell live through the story at once, and keeps what was called, when, and for how long. */
import type { JobContext } from '../../../src/modules/foundation/domain/job-definition.ts';
import { sampleSpec } from '../samples.ts';
import { CELLS } from './cells.ts';
import { BACKOFF_MS, FACTS, minuteAt, workOf } from './story-facts.ts';
import type { Replica, StoryWorld } from './worlds.ts';

const NOON = Date.parse('2026-01-02T12:00:00.000Z');
export const STORY_STARTS_AT = new Date(NOON - 20_000).toISOString();

/** One call of the job's function. */
export interface Call {
  readonly jobId: string;
  readonly occurrence: string;
  readonly attempt: number;
  /** Seconds since 12:00. */
  readonly startedAt: number;
  endedAt: number;
}

export class Story {
  readonly calls: Call[] = [];
  readonly #world: StoryWorld;
  /** One timer for all that end together. */
  readonly #ends = new Map<number, Promise<void>>();

  constructor(world: StoryWorld) {
    this.#world = world;
  }

  async liveThrough(): Promise<void> {
    const first = await this.#startReplica();
    for (const { jobId, ...policies } of CELLS) {
      const backoff = { retryBackoffMs: BACKOFF_MS, retryBackoffMax: BACKOFF_MS };
      const spec = { ...policies, ...backoff, cronExpression: '* * * * *', timezone: 'UTC', handler: 'work' };
      await first.wired.configs.upsert(sampleSpec({ jobId, ...spec }), { actor: 'test' });
    }
    await first.wired.loader.loadAll();
    const second = await this.#replace([first], FACTS.losses[0]);
    await this.#until(FACTS.drains);
    const drained = second.stop();
    await this.#until(FACTS.third);
    const third = await this.#startReplica();
    for (const outage of FACTS.outages.slice(0, 2)) {
      await this.#until(outage.from);
      third.link.isAway = true;
      await this.#until(outage.to);
      third.link.isAway = false;
    }
    await drained;
    await this.#until(FACTS.fourth);
    const fourth = await this.#startReplica();
    await this.#until(FACTS.outages[2].from);
    third.link.isAway = fourth.link.isAway = true;
    await this.#until(FACTS.outages[2].to);
    third.link.isAway = false;
    await this.#until(FACTS.fourthReturns);
    fourth.link.isAway = false;
    const fifth = await this.#replace([third, fourth], FACTS.losses[1]);
    await this.#until(FACTS.ends);
    await fifth.stop();
  }

  /** Theirs end with them. */
  async #replace(replicas: readonly Replica[], loss: { killed: number; next: number }): Promise<Replica> {
    await this.#until(loss.killed);
    for (const replica of replicas) replica.kill();
    for (const call of this.calls) call.endedAt = Math.min(call.endedAt, loss.killed);
    await this.#until(loss.next);
    return await this.#startReplica();
  }

  #startReplica(): Promise<Replica> {
    return this.#world.start({ work: (_kwargs, context) => this.#work(context) });
  }

  #now(): number {
    return (this.#world.time.now() - NOON) / 1_000;
  }

  async #until(instant: number): Promise<void> {
    await this.#world.time.advance((instant - this.#now()) * 1_000);
  }

  async #work({ jobId, scheduledAt, attempt, signal }: JobContext): Promise<void> {
    const startedAt = this.#now();
    const occurrence = minuteAt((scheduledAt.getTime() - NOON) / 1_000);
    const { endsAt, fails } = workOf(occurrence, attempt, startedAt);
    const call: Call = { jobId, occurrence, attempt, startedAt, endedAt: Number.POSITIVE_INFINITY };
    this.calls.push(call);
    const aborted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
    if (endsAt > startedAt) await Promise.race([this.#pass(endsAt), aborted]);
    call.endedAt = Math.min(call.endedAt, this.#now());
    if (fails) throw new Error('it broke');
  }

  async #pass(until: number): Promise<void> {
    if (until === Number.POSITIVE_INFINITY) return await new Promise(() => {});
    const passed = this.#ends.get(until) ?? this.#world.time.pass((until - this.#now()) * 1_000);
    this.#ends.set(until, passed);
    await passed;
  }
}
