/** A question that is answered with yes or no. Where nobody can be asked, or whoever is asked breaks off, the answer is no. */
import { createInterface } from 'node:readline/promises';
import { oneLine } from '../output/one-line.ts';

/** What a question needs of a terminal's two ends. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

export async function confirm(
  question: string,
  { input, output }: Terminal = { input: process.stdin, output: process.stderr },
): Promise<boolean> {
  if (input.isTTY !== true || output.isTTY !== true) return false;
  const terminal = createInterface({ input, output });
  const brokenOff = new Promise<null>((resolve) => terminal.once('close', () => resolve(null)));
  try {
    // Ctrl-C and Ctrl-D reject the question, or merely close the interface, as the version of Node has it.
    const answer = await Promise.race([terminal.question(`${oneLine(question)} [y/N] `).catch(isBreak), brokenOff]);
    if (answer === null) output.write('\n');
    return answer !== null && /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}

function isBreak(error: unknown): null {
  if (error instanceof Error && error.name === 'AbortError') return null;
  throw error;
}
