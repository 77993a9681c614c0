/** The table of one herd: a line a contender, and how each stands to the floor, and to the floor that claims ahead. */
import type { FireReport } from './contender.ts';

type Column = readonly [title: string, width: number, cell: (report: FireReport) => string];

const grouped = (value: number, digits = 0): string =>
  Number.isFinite(value)
    ? value.toLocaleString('en-US', { minimumFractionDigits: digits, maximumFractionDigits: digits })
    : '-';
const orDash = (value: number | null, digits = 0): string => (value === null ? '-' : grouped(value, digits));

const COLUMNS: readonly Column[] = [
  ['', 18, ({ contender }) => contender.replace('floor-ahead', 'floor, ahead')],
  ['start p50', 10, ({ startP50Ms }) => grouped(startP50Ms)],
  ['p99', 8, ({ startP99Ms }) => grouped(startP99Ms)],
  ['max ms', 8, ({ startMaxMs }) => grouped(startMaxMs)],
  ['recorded ms', 12, ({ recordedMs }) => orDash(recordedMs)],
  ['stmts/run', 10, ({ statementsPerRun }) => orDash(statementsPerRun, 4)],
  ['WAL B/run', 10, ({ walBytesPerRun }) => orDash(walBytesPerRun)],
  ['CPU µs/run', 11, ({ clientCpuUsPerRun }) => grouped(clientCpuUsPerRun)],
  ['server µs', 10, ({ serverCpuUsPerRun }) => orDash(serverCpuUsPerRun)],
  ['RSS idle MB', 12, ({ idleRssMb }) => grouped(idleRssMb)],
  ['peak', 6, ({ peakRssMb }) => grouped(peakRssMb)],
  ['loop p99 ms', 12, ({ loopDelayP99Ms }) => grouped(loopDelayP99Ms)],
  ['armed ms', 9, ({ armedMs }) => orDash(armedMs)],
  ['in vain', 8, ({ wastedClaims }) => (wastedClaims === null ? '-' : `${(wastedClaims * 100).toFixed(2)}%`)],
];

export function printHerd(title: string, reports: readonly FireReport[]): void {
  const floors = ['floor', 'floor-ahead']
    .map((name) => reports.find(({ contender }) => contender === name))
    .filter((floor) => floor !== undefined);
  const names = floors.map(({ contender }) => contender.replace('-', ', ')).join(' / ');
  const lines = [
    `\n${title}`,
    row(COLUMNS.map(([heading]) => heading)) + (floors.length === 0 ? '' : `   start p99 and recorded, of ${names}`),
    ...reports.map(
      (report) =>
        row(COLUMNS.map(([, , cell]) => cell(report))) + floors.map((floor) => ratio(report, floor)).join(' /'),
    ),
    ...reports
      .filter((report) => report.recordedMs === null)
      .map(({ contender, started }) => `  ${contender}: given up after ${started} starts`),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function row(cells: readonly string[]): string {
  return cells.map((cell, index) => (index === 0 ? cell.padEnd(18) : cell.padStart(COLUMNS[index]![1]))).join('');
}

function ratio(report: FireReport, floor: FireReport): string {
  const quotient = (part: number | null, whole: number | null): string =>
    part === null || whole === null ? '-' : `${(part / whole).toFixed(1)} x`;
  return `${quotient(report.startP99Ms, floor.startP99Ms).padStart(9)}${quotient(report.recordedMs, floor.recordedMs).padStart(9)}`;
}
