/** Tables without lines, for a terminal and for `grep` alike: columns two spaces apart, a row a line. */
import { styleText } from 'node:util';
import Table from 'cli-table3';
import { oneLine } from './one-line.ts';

const NO_LINES = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
    .concat(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'])
    .map((place) => [place, '']),
);

/** What a stranger may have written, or a text that this program has coloured. */
export type Cell = string | { readonly ours: string };

export function renderTable(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const table = new Table({
    head: head.map((title) => styleText('dim', title)),
    chars: { ...NO_LINES, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows.map((row) => row.map(cellText)));
  return withoutTrails(table.toString());
}

/** Names and values, one pair a line. */
export function renderPairs(pairs: readonly (readonly [string, Cell])[]): string {
  const table = new Table({
    chars: { ...NO_LINES, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...pairs.map(([name, value]) => [styleText('dim', oneLine(name)), cellText(value)]));
  return withoutTrails(table.toString());
}

function cellText(cell: Cell): string {
  return typeof cell === 'string' ? oneLine(cell) : cell.ours;
}

/** @param limit in characters */
export function shorten(text: string, limit: number): string {
  const characters = Array.from(text);
  return characters.length <= limit ? text : `${characters.slice(0, limit - 1).join('')}…`;
}

function withoutTrails(text: string): string {
  return text.replaceAll(/[ \t]+$/gm, '');
}
