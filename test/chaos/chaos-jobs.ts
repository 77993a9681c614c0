/**
 * The module that the chaos replicas run: job functions that behave, and job functions that do not. Invariant: each one
 * that is called writes its start into the ledger before anything else, and its end when it comes to one.
 */
import {
  defineJob,
  type JobContext,
  type JobDefinition,
  type JobFunction,
  type JobRegistry,
} from '../../src/modules/foundation/index.ts';
import type { LedgerFile, LedgerLine } from './ledger-line.ts';
import { machineNow } from './shifted-date.ts';

/** How a replica ends that a job made exit. */
export const EXIT_BY_JOB = 86;
/** By which an error is known that a job left behind on purpose. */
export const REJECTED_BEHIND = 'Rejected in the background, with nobody to catch it.';
const HUGE = 300_000;
/** What a run of `chaos.chatty` says from its start to its end. */
export const LINES_SAID = 4;

export interface ChaosModuleOptions {
  readonly ledger: Pick<LedgerFile, 'append' | 'appendTogether'>;
  readonly instance: string;
  /** Functions that this replica does not have. */
  readonly lacks: readonly string[];
}

type Entry = [string, JobFunction | JobDefinition];
type Body = (context: JobContext) => unknown;

/** Handler → what it does after its start is in the ledger. */
const BODIES: Readonly<Record<string, Body>> = {
  tick: () => undefined,
  newer: () => undefined,
  slow: async (context) => wait(200 + (hashOf(context) % 3_800), context.signal),
  stubborn: async (context) => wait(500 + (hashOf(context) % 2_500)),
  chatty: async (context) => {
    for (let line = 1; line <= LINES_SAID; line += 1) {
      context.logger.info(`line ${line}`);
      context.progress(line / LINES_SAID);
      await wait(hashOf(context) % 200, context.signal);
    }
  },
  patient: async (context) => wait(17_000, context.signal),
  fails: async () => {
    await wait(20);
    throw new Error('It fails, as it always does.');
  },
  'throws-odd': (context) => {
    throw oddThings()[hashOf(context) % oddThings().length];
  },
  'throws-at-once': () => {
    throw new TypeError('Thrown before any promise was made.');
  },
  'rejects-behind': () => {
    void Promise.reject(new Error(REJECTED_BEHIND));
    return 'returned all the same';
  },
  hangs: async () => await new Promise(() => undefined),
  blocks: () => {
    const until = machineNow() + 1_000;
    while (machineNow() < until);
  },
  exits: (context) => {
    if (hashOf(context) % 12 === 0) process.exit(EXIT_BY_JOB);
  },
  'hostile-message': () => {
    throw Object.assign(new Error(`\u0000\uD800${'💣'.repeat(HUGE)}\uDC00`), { stack: '\u0000'.repeat(HUGE) });
  },
  'hostile-result': () => ({ text: `\u0000\uDFFF${'x'.repeat(HUGE)}`, ['\u0000key']: Number.NaN, deep: nested(2_000) }),
};

/** The registry of the module `chaos`. */
export function createChaosRegistry(options: ChaosModuleOptions): JobRegistry {
  const entries = Object.entries(BODIES).map(([name, body]) => [`chaos.${name}`, recorded(body, options)] as Entry);
  const all: Entry[] = [...entries, ['chaos.crowd', crowd(options)], ['chaos.poisoned', poisoned(options)]];
  return Object.fromEntries(all.filter(([name]) => !options.lacks.includes(name)));
}

function recorded(body: Body, options: ChaosModuleOptions): JobFunction<unknown> {
  return (_kwargs, context) => {
    append('start', context, options);
    let result: unknown;
    try {
      result = body(context);
    } catch (error) {
      append('end', context, options);
      throw error;
    }
    if (!(result instanceof Promise)) return ended(result, context, options);
    return result.then(
      (value: unknown) => ended(value, context, options),
      (error: unknown) => {
        append('end', context, options);
        throw error;
      },
    );
  };
}

function ended(value: unknown, context: JobContext, options: ChaosModuleOptions): unknown {
  append('end', context, options);
  return value === undefined ? { instance: options.instance } : value;
}

/** One of thousands that start at once: its start reaches the disk together with those of the others, and then it ends. */
function crowd(options: ChaosModuleOptions): JobFunction<unknown> {
  return async (_kwargs, context) => {
    await options.ledger.appendTogether(lineOf('start', context, options));
    return ended(undefined, context, options);
  };
}

/** Arguments that cannot be checked: the schema throws, hangs or refuses. */
function poisoned(options: ChaosModuleOptions): JobDefinition {
  return defineJob({
    run: recorded(() => undefined, options),
    kwargs: {
      '~standard': {
        version: 1,
        vendor: 'chaos',
        validate: (value: unknown) => {
          const { poison } = value as { poison?: string };
          if (poison === 'throw') throw new Error('The schema itself throws.');
          if (poison === 'hang') return new Promise<never>(() => undefined);
          if (poison === 'refuse') return { issues: [{ message: 'Refused.', path: ['poison'] }] };
          return { value };
        },
      },
    },
  });
}

function append(event: LedgerLine['event'], context: JobContext, options: ChaosModuleOptions): void {
  options.ledger.append(lineOf(event, context, options));
}

function lineOf(event: LedgerLine['event'], context: JobContext, { instance }: ChaosModuleOptions): LedgerLine {
  return {
    event,
    jobId: context.jobId,
    scheduledAt: context.scheduledAt.toISOString(),
    attempt: context.attempt,
    executionId: context.executionId,
    instance,
    pid: process.pid,
    atMs: machineNow(),
  };
}

/** The same for a run wherever it happens. */
function hashOf(context: JobContext): number {
  let hash = context.attempt;
  for (const letter of context.idempotencyKey) hash = Math.imul(hash ^ letter.codePointAt(0)!, 0x01_00_01_93) >>> 0;
  return hash;
}

async function wait(ms: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal?.addEventListener('abort', () => {
    clearTimeout(timer);
    reject(signal.reason);
  });
  await promise;
}

function oddThings(): unknown[] {
  const hostile = {
    toString(): string {
      throw new Error('toString throws as well');
    },
    get message(): string {
      throw new Error('and so does message');
    },
  };
  return [
    42,
    null,
    undefined,
    'only text',
    Symbol('odd'),
    hostile,
    Object.create(null),
    new Proxy({}, { get: () => hostile }),
  ];
}

function nested(depth: number): unknown {
  let value: unknown = 'bottom';
  for (let level = 0; level < depth; level += 1) value = [value];
  return value;
}
