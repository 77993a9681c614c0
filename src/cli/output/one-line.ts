/** What strangers wrote, as a terminal may show it: it steers none, and has no colours, which can conceal. Ours go around it. */

/** It stays on its line. */
export function oneLine(text: string): string {
  // oxlint-disable-next-line eslint/no-control-regex -- they are what is looked for
  return text.replaceAll(/[\u0000-\u001F\u007F-\u009F]+/g, ' ');
}

/** The same of a text of several lines. */
export function plainLines(text: string): string {
  return text.split('\n').map(oneLine).join('\n');
}
