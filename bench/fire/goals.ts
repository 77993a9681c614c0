/** What Carillon is to reach, beside what was measured: one table, each line with its floors where there are some: the one that claims what is due, and the one that claims ahead. */
import type { FireReport } from './contender.ts';
import type { ManualReport } from './manual-process.ts';

/** All that was measured in one run of the benchmark. */
export interface FireFindings {
  readonly herds: readonly Herd[];
  readonly manual: ManualReport | null;
}

export interface Herd {
  readonly due: number;
  readonly enabled: number;
  readonly reports: readonly FireReport[];
}

interface Goal {
  readonly what: string;
  readonly unit: string;
  readonly atMost: number;
  /** Null: not measured. */
  readonly read: (findings: FireFindings) => number | null;
  readonly floor?: (findings: FireFindings) => number | null;
  readonly floorAhead?: (findings: FireFindings) => number | null;
}

const IN_SECOND = 10_000;
const ARMED = 100_000;

function of(due: number, contender: string, read: (report: FireReport) => number | null) {
  return ({ herds }: FireFindings): number | null => {
    const herd = herds.filter((each) => each.due === due).toSorted((a, b) => b.enabled - a.enabled)[0];
    const report = herd?.reports.find((each) => each.contender === contender);
    return report === undefined ? null : read(report);
  };
}

type Limit = readonly [atMost: number, unit: string];

function herdGoal(due: number, what: string, [atMost, unit]: Limit, key: keyof FireReport): Goal {
  const read = (report: FireReport): number | null => report[key] as number | null;
  const title = `${due.toLocaleString('en-US')} due: ${what}`;
  const floors = { floor: of(due, 'floor', read), floorAhead: of(due, 'floor-ahead', read) };
  return { what: title, unit, atMost, read: of(due, 'carillon', read), ...floors };
}

function armedGoal(what: string, [atMost, unit]: Limit, key: keyof FireReport): Goal {
  return {
    ...{ what: `${ARMED.toLocaleString('en-US')} armed: ${what}`, unit, atMost },
    read: ({ herds }) => {
      const herd = herds.find(({ enabled }) => enabled === ARMED);
      return (herd?.reports.find(({ contender }) => contender === 'carillon')?.[key] as number | undefined) ?? null;
    },
  };
}

function manualGoal(which: keyof ManualReport, atMost: number, key: 'p50' | 'p99'): Goal {
  const where = which === 'sameReplica' ? 'same replica' : 'other replica';
  return {
    ...{ what: `manual trigger, ${where}: ${key}`, unit: 'ms', atMost },
    read: ({ manual }) => manual?.[which][key] ?? null,
  };
}

const startP99 = (contender: string) => of(IN_SECOND, contender, ({ startP99Ms }) => startP99Ms);
const recorded = (contender: string) => of(IN_SECOND, contender, ({ recordedMs }) => recordedMs);

const GOALS: readonly Goal[] = [
  herdGoal(IN_SECOND, 'start p99', [50, 'ms'], 'startP99Ms'),
  herdGoal(IN_SECOND, 'recorded', [400, 'ms'], 'recordedMs'),
  herdGoal(IN_SECOND, 'statements a run', [0.01, ''], 'statementsPerRun'),
  herdGoal(IN_SECOND, 'WAL a run', [2_048, 'B'], 'walBytesPerRun'),
  herdGoal(ARMED, 'start p99', [500, 'ms'], 'startP99Ms'),
  herdGoal(ARMED, 'recorded', [3_000, 'ms'], 'recordedMs'),
  armedGoal('RSS idle', [150, 'MB'], 'idleRssMb'),
  armedGoal('after its start', [3_000, 'ms'], 'armedMs'),
  {
    ...{ what: 'four replicas start p99, of one', unit: 'x', atMost: 1 },
    read: (findings) => quotient(startP99('carillon-replicas')(findings), startP99('carillon')(findings)),
  },
  {
    ...{ what: 'four replicas recorded, of one', unit: 'x', atMost: 1 },
    read: (findings) => quotient(recorded('carillon-replicas')(findings), recorded('carillon')(findings)),
  },
  {
    ...{ what: 'four replicas: claims in vain', unit: '%', atMost: 1 },
    read: of(IN_SECOND, 'carillon-replicas', ({ wastedClaims }) => (wastedClaims === null ? null : wastedClaims * 100)),
  },
  {
    ...{ what: '1,000 due, embedded: recorded', unit: 'ms', atMost: 2_000 },
    read: of(1_000, 'carillon-embedded', ({ recordedMs }) => recordedMs),
  },
  manualGoal('sameReplica', 10, 'p50'),
  manualGoal('sameReplica', 10, 'p99'),
  manualGoal('otherReplica', 100, 'p50'),
  manualGoal('otherReplica', 100, 'p99'),
];

function quotient(part: number | null, whole: number | null): number | null {
  return part === null || whole === null ? null : part / whole;
}

/** What the floor took, in milliseconds until all was recorded, on the machine that the goals were set on. */
const FLOOR_THEN: readonly (readonly [due: number, recordedMs: number])[] = [
  [IN_SECOND, 236],
  [ARMED, 1_900],
];

/** The goals are times, and machines differ. */
function floorThenAndNow(findings: FireFindings): string[] {
  return FLOOR_THEN.flatMap(([due, then]) => {
    const now = of(due, 'floor', ({ recordedMs }) => recordedMs)(findings);
    if (now === null) return [];
    const figures = `${shown(then)} ms then, ${shown(now)} ms now, ${shown(now / then)} x`;
    return [`The floor with ${due.toLocaleString('en-US')} due, when the goals were set and today: ${figures}`];
  });
}

function shown(value: number | null): string {
  if (value === null) return '-';
  const digits = Math.abs(value) < 0.1 ? 4 : Math.abs(value) < 20 ? 1 : 0;
  return value.toLocaleString('en-US', { maximumFractionDigits: digits });
}

export function printGoals(findings: FireFindings): void {
  const rows = GOALS.map(({ what, unit, atMost, read, floor, floorAhead }) => {
    const value = read(findings);
    const verdict = value === null ? 'not measured' : value <= atMost ? 'met' : 'missed';
    const floors = [floor, floorAhead].map((figure) => shown(figure?.(findings) ?? null));
    return [what.padEnd(38), shown(value), `${shown(atMost)} ${unit}`, ...floors, verdict];
  });
  const head = [''.padEnd(38), 'measured', 'at most', 'floor', 'floor, ahead', ''];
  const lines = [head, ...rows].map(([what, ...cells]) => what! + cells.map((cell) => cell.padStart(13)).join(''));
  process.stdout.write(`\nGoals\n${[...lines, ...floorThenAndNow(findings)].join('\n')}\n`);
}

export function printManual({ sameReplica, otherReplica }: ManualReport): void {
  const line = (title: string, { p50, p99, max }: ManualReport['sameReplica']): string =>
    `${title.padEnd(16)}${[p50, p99, max].map((ms) => ms.toFixed(1).padStart(10)).join('')}`;
  const head = `${''.padEnd(16)}${['p50', 'p99', 'max ms'].map((title) => title.padStart(10)).join('')}`;
  process.stdout.write(
    `\nFrom a trigger to the start\n${head}\n${line('same replica', sameReplica)}\n${line('other replica', otherReplica)}\n`,
  );
}
