/** Where a text stops being JSON. Runtimes name the place in different words or not at all; this names it everywhere. */
type State = 'value' | 'firstValue' | 'key' | 'firstKey' | 'colon' | 'after';
type TokenKind = '{' | '}' | '[' | ']' | ':' | ',' | 'string' | 'scalar';

const BLANK = /[ \t\n\r]*/y;
const TOKEN =
  /([{}[\]:,])|("[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[ !#-[\]-\uffff]*)*")|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** @returns the offset of the first character that cannot stand there; the text's length where it ends too early */
export function findJsonFault(text: string): number {
  const open: string[] = [];
  let state: State = 'value';
  for (let at = skipBlank(text, 0); at < text.length; at = skipBlank(text, TOKEN.lastIndex)) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    const next: State | null = match === null ? null : step(kindOf(match), state, open);
    if (next === null) return at;
    state = next;
  }
  return text.length;
}

function skipBlank(text: string, from: number): number {
  BLANK.lastIndex = from;
  BLANK.exec(text);
  return BLANK.lastIndex;
}

function kindOf(match: RegExpExecArray): TokenKind {
  const [, mark, string] = match;
  if (mark !== undefined) return MARKS[mark] ?? 'scalar';
  return string === undefined ? 'scalar' : 'string';
}

const MARKS: Readonly<Record<string, TokenKind>> = { '{': '{', '}': '}', '[': '[', ']': ']', ':': ':', ',': ',' };

/** What may follow, once this token has been read; null: it may not stand here. */
function step(kind: TokenKind, state: State, open: string[]): State | null {
  if (state === 'value' || state === 'firstValue') return stepValue(kind, state, open);
  if (state === 'colon') return kind === ':' ? 'value' : null;
  if (state === 'after') return stepAfter(kind, open);
  if (kind === '}' && state === 'firstKey') return close(open);
  return kind === 'string' ? 'colon' : null;
}

function stepValue(kind: TokenKind, state: State, open: string[]): State | null {
  if (kind === 'string' || kind === 'scalar') return 'after';
  if (kind === ']' && state === 'firstValue') return close(open);
  if (kind !== '{' && kind !== '[') return null;
  open.push(kind === '{' ? '}' : ']');
  return kind === '{' ? 'firstKey' : 'firstValue';
}

function stepAfter(kind: TokenKind, open: string[]): State | null {
  const end = open.at(-1);
  if (end === undefined) return null;
  if (kind === ',') return end === '}' ? 'key' : 'value';
  return kind === end ? close(open) : null;
}

function close(open: string[]): State {
  open.pop();
  return 'after';
}
