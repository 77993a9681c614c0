/** Tables without lines, for a terminal and for `grep` alike: columns two spaces apart, a row a line. */
import { styleText } from 'node:util';
import Table from 'cli-table3';

const NO_LINES = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right']
    .concat(['left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid'])
    .map((place) => [place, '']),
);

export function renderTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const table = new Table({
    head: head.map((title) => styleText('dim', title)),
    chars: { ...NO_LINES, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows.map((row) => row.map(oneLine)));
  return withoutTrails(table.toString());
}

/** Names and values, one pair a line. */
export function renderPairs(pairs: readonly (readonly [string, string])[]): string {
  const table = new Table({
    chars: { ...NO_LINES, middle: '  ' },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...pairs.map(([name, value]) => [styleText('dim', name), oneLine(value)]));
  return withoutTrails(table.toString());
}

/** What a stranger wrote stays on its line, and steers no terminal. */
export function oneLine(text: string): string {
  // oxlint-disable-next-line eslint/no-control-regex -- the colours that are put there on purpose begin with ESC [
  return text.replaceAll(/[\u0000-\u001A\u001C-\u001F\u007F-\u009F]+|\u001B(?!\[\d+m)/g, ' ');
}

/** Without colours either: nothing of it is ours. */
export function plainLine(text: string): string {
  return oneLine(text.replaceAll('\u001B', ' '));
}

/** @param limit in characters */
export function shorten(text: string, limit: number): string {
  const characters = Array.from(text);
  return characters.length <= limit ? text : `${characters.slice(0, limit - 1).join('')}…`;
}

function withoutTrails(text: string): string {
  return text.replaceAll(/[ \t]+$/gm, '');
}
