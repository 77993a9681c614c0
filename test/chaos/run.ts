/**
 * `npm run chaos`: reads its options, runs, tells the verdict. Exit status 1 where a promise was broken, 2 on bad options, 3
 * where a run of two minutes or more did not exercise what it is for.
 */
import { parseArgs } from 'node:util';
import { describeVerdict, exitStatusOf } from './chaos-report.ts';
import { type ChaosOptions, runChaos } from './chaos-run.ts';
import { type Fault, FAULTS } from './fault-schedule.ts';

/** From then on a run has a million rows of history, unless it is told otherwise. */
const LONG_MS = 600_000;

function readOptions(): ChaosOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      seed: text,
      minutes: text,
      replicas: text,
      jobs: text,
      herd: text,
      faults: text,
      history: text,
      quiet: text,
      fsync: text,
      keep: { type: 'boolean' },
    },
  });
  const attackMs = readNumber('minutes', values.minutes ?? '1') * 60_000;
  return {
    seed: readNumber('seed', values.seed ?? String(Math.floor(Math.random() * 1_000_000))),
    attackMs,
    quietMs: readNumber('quiet', values.quiet ?? '32') * 1_000,
    replicas: readNumber('replicas', values.replicas ?? '3'),
    jobs: readNumber('jobs', values.jobs ?? '40'),
    herd: values.herd === undefined ? null : readNumber('herd', values.herd),
    historyRows: readNumber('history', values.history ?? (attackMs < LONG_MS ? '20000' : '1000000')),
    faults: readFaults(values.faults),
    isSynced: (values.fsync ?? 'on') !== 'off',
    keep: values.keep ?? false,
    say: (line) => console.log(`${new Date().toISOString()}  ${line}`),
  };
}

function readNumber(name: string, given: string): number {
  const value = Number(given);
  if (Number.isFinite(value) && value >= 0) return value;
  console.error(`--${name} wants a number, and got '${given}'.`);
  process.exit(2);
}

function readFaults(given: string | undefined): readonly Fault[] {
  if (given === undefined || given === 'all') return FAULTS;
  const names = given.split(',').filter((name) => name !== '' && name !== 'none');
  const unknown = names.filter((name) => !FAULTS.some((fault) => fault === name));
  if (unknown.length === 0) return names as Fault[];
  console.error(`--faults knows ${FAULTS.join(', ')}, and got '${unknown.join(', ')}'.`);
  process.exit(2);
}

const options = readOptions();
console.log(`seed ${options.seed}`);
const verdict = await runChaos(options);
console.log(describeVerdict(verdict, options));
process.exit(exitStatusOf(verdict));
