/**
 * One contender in a process of its own: makes ready, waits for the due instant, measures, and prints one line of JSON.
 *
 *   node bench/fire/contender-process.ts '<order as JSON>'
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import postgres, { type Sql } from 'postgres';
import type { Contender, FireOrder, FireReport } from './contender.ts';
import { readServerCost, type ServerCost } from './server-cost.ts';
import { spread } from './spread.ts';

/** How long before the due instant the counting begins: whoever claims ahead pays for it as well, and begins earlier with a large herd. */
const baselineMs = (due: number): number => (due > 25_000 ? 10_500 : 5_500);
const GIVE_UP_MS = 60_000;
const NOTHING_SPENT = { statementsPerRun: null, walBytesPerRun: null, serverCpuUsPerRun: null };

/** Looked up once: who is asked ten thousand times must not weigh in what he measures. */
const { performance: watch } = globalThis;
const { timeOrigin } = watch;
const now = (): number => timeOrigin + watch.now();
const rssMb = (): number => process.memoryUsage.rss() / 1_048_576;

class Stopwatch {
  readonly #order: FireOrder;
  readonly #dueAt: number;
  readonly #lateness: number[] = [];
  readonly #all = Promise.withResolvers<void>();

  constructor(order: FireOrder, dueAt: number) {
    this.#order = order;
    this.#dueAt = dueAt;
  }

  start(atMs = now()): void {
    this.#lateness.push(atMs - this.#dueAt);
    if (this.#lateness.length === this.#order.due) this.#all.resolve();
  }

  /** Resolves when all have started, or when it is given up. */
  async allStarted(): Promise<void> {
    const giveUp = new AbortController();
    await Promise.race([this.#all.promise, delay(GIVE_UP_MS, undefined, { signal: giveUp.signal })]);
    giveUp.abort();
  }

  report(): Pick<FireReport, 'started' | 'startP50Ms' | 'startP99Ms' | 'startMaxMs'> {
    const { p50, p99, max } = spread(this.#lateness);
    return { started: this.#lateness.length, startP50Ms: p50, startP99Ms: p99, startMaxMs: max };
  }
}

/** @returns milliseconds from the due instant until all was recorded, or null */
async function untilRecorded(contender: Contender, sql: Sql, order: FireOrder, dueAt: number): Promise<number | null> {
  while (now() - dueAt < GIVE_UP_MS) {
    if (await contender.isRecorded(sql, order)) return now() - dueAt;
    await delay(5);
  }
  return null;
}

function spent(before: ServerCost, after: ServerCost, runs: number) {
  const cpuUs = before.cpuUs === null || after.cpuUs === null ? null : (after.cpuUs - before.cpuUs) / runs;
  return {
    statementsPerRun: (after.statements - before.statements) / runs,
    walBytesPerRun: (after.walBytes - before.walBytes) / runs,
    serverCpuUsPerRun: cpuUs,
  };
}

async function main(order: FireOrder): Promise<FireReport> {
  const { contender } = (await import(`./contenders/${order.contender}.ts`)) as { contender: Contender };
  const sql = postgres(order.url, { max: 1, onnotice: () => undefined });
  const dueAt = Math.ceil((Date.now() + order.leadMs) / 1000) * 1000;
  const stopwatch = new Stopwatch(order, dueAt);
  await contender.schedule(order, new Date(dueAt));
  const system = await contender.start(order, (atMs) => stopwatch.start(atMs));
  const countedFrom = dueAt - baselineMs(order.due);
  if (now() > countedFrom)
    throw new Error(`Not ready ${dueAt - countedFrom} ms before the due second; it needs a longer lead.`);
  await delay(countedFrom - now());
  const idleRssMb = rssMb();
  const before = await readServerCost(sql);
  const loopDelay = monitorEventLoopDelay({ resolution: 5 });
  loopDelay.enable();
  const cpu = process.cpuUsage();
  await stopwatch.allStarted();
  const recordedMs = await untilRecorded(contender, sql, order, dueAt);
  const used = process.cpuUsage(cpu);
  loopDelay.disable();
  await delay(recordedMs === null ? 0 : 1_200);
  const after = await readServerCost(sql);
  const report: FireReport = {
    contender: order.contender,
    ...stopwatch.report(),
    recordedMs,
    ...(contender.isOnPostgres === false ? NOTHING_SPENT : spent(before, after, order.due)),
    clientCpuUsPerRun: (used.user + used.system) / order.due,
    idleRssMb,
    peakRssMb: process.resourceUsage().maxRSS / 1024,
    loopDelayP99Ms: loopDelay.percentile(99) / 1e6,
    armedMs: system.armedMs,
    wastedClaims: system.wastedClaims?.() ?? null,
  };
  await system.stop();
  await sql.end();
  return report;
}

const report = await main(JSON.parse(process.argv[2]!) as FireOrder);
process.stdout.write(`\nREPORT ${JSON.stringify(report)}\n`, () => process.exit(0));
