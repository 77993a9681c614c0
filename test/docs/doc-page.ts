/**
 * A page of `docs/` as steps. The word after a fence's language says what the block is; without one, `sh` is run.
 *
 *     ```sh            run to its end, which must be good
 *     ```sh service    started, and waited for until it is ready; it goes on
 *     ```sh fails      run to its end, which must be bad
 *     ```ts path       written there, as is `yaml path`, `json path` and `text path`
 *     ```diff path     its `+` lines are put behind the line of the file that stands before them
 *
 * `<!-- stop -->` on a line of its own stops the services. Other blocks are for reading.
 */
export interface DocStep {
  readonly kind: 'run' | 'service' | 'fails' | 'write' | 'insert' | 'stop';
  /** 1-based line of the page. */
  readonly line: number;
  /** Of `write` and `insert`. */
  readonly path: string;
  readonly text: string;
}

const FENCE = /^```(\w+)(?: +(\S+))?$/;
const WRITTEN = new Set(['ts', 'yaml', 'json', 'text']);

export function readDocPage(text: string): DocStep[] {
  const lines = text.split('\n');
  const steps: DocStep[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    if (lines[at] === '<!-- stop -->') steps.push({ kind: 'stop', line: at + 1, path: '', text: '' });
    const [, language, word = ''] = FENCE.exec(lines[at]!) ?? [];
    if (language === undefined) continue;
    const end = lines.indexOf('```', at + 1);
    if (end === -1) throw new Error(`line ${at + 1}: the block does not end`);
    const kind = kindOf(language, word);
    const block = lines.slice(at + 1, end).join('\n');
    if (kind !== null) steps.push({ kind, line: at + 1, path: word, text: block });
    at = end;
  }
  return steps;
}

function kindOf(language: string, word: string): DocStep['kind'] | null {
  if (language === 'sh') return word === 'service' ? 'service' : word === 'fails' ? 'fails' : 'run';
  if (language === 'diff' && word !== '') return 'insert';
  return WRITTEN.has(language) && word !== '' ? 'write' : null;
}

/** Puts the `+` lines of a diff behind the line that stands before them. @throws where the file has no such line */
export function insertLines(file: string, diff: string): string {
  const lines = file.split('\n');
  let place = 0;
  for (const line of diff.split('\n')) {
    const text = line.slice(1);
    if (!line.startsWith('+') && !lines.includes(text)) throw new Error(`the file has no line '${text}'`);
    if (line.startsWith('+')) lines.splice(place, 0, text);
    place = line.startsWith('+') ? place + 1 : lines.indexOf(text) + 1;
  }
  return lines.join('\n');
}
