/**
 * A crontab's command and the input that `%` gives it.
 *
 * Invariant: as vixie cron and cronie do it (do_command.c): the first `%` without a backslash ends the command, the later
 * ones are newlines, and what is read ends with a newline.
 */

export interface CommandWithInput {
  readonly command: string;
  /** null: no `%`, no input. */
  readonly stdin: string | null;
}

/** The command up to its end, backslashes before `%` taken away, and what follows as written. */
function splitCommand(text: string): { command: string; rest: string | null } {
  let command = '';
  let isEscaped = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index]!;
    if (isEscaped) {
      command = character === '%' ? `${command.slice(0, -1)}%` : command + character;
      isEscaped = false;
      continue;
    }
    if (character === '%') return { command, rest: text.slice(index + 1) };
    command += character;
    isEscaped = character === '\\';
  }
  return { command, rest: null };
}

/** cronie holds a backslash back until it knows what follows, and so a second one escapes again. */
function readInput(text: string): string {
  let input = '';
  let isEscaped = false;
  for (const character of text) {
    if (isEscaped && character !== '%') input += '\\';
    const isEscape = character === '\\';
    if (!isEscape) input += character === '%' && !isEscaped ? '\n' : character;
    isEscaped = isEscape;
  }
  if (isEscaped) input += '\\';
  return input === '' || input.endsWith('\n') ? input : `${input}\n`;
}

/** Splits what stands behind the schedule into command and input. */
export function readPercent(text: string): CommandWithInput {
  const { command, rest } = splitCommand(text);
  return { command, stdin: rest === null ? null : readInput(rest) };
}
