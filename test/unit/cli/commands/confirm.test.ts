import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { confirm } from '../../../../src/cli/commands/confirm.ts';

/** What somebody types at the question. */
async function answered(typed: string): Promise<boolean> {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  const output = Object.assign(new PassThrough(), { isTTY: true });
  output.once('data', () => input.write(typed));
  return confirm('Delete it?', { input, output });
}

describe('confirm()', () => {
  test.for([
    ['y\r', true],
    ['YES\r', true],
    ['n\r', false],
    ['\r', false],
  ] as const)('%j is %j', async ([typed, agreed]) => {
    expect(await answered(typed)).toBe(agreed);
  });

  test('a job that somebody named to steer the terminal steers none', async () => {
    const input = Object.assign(new PassThrough(), { isTTY: true });
    const output = Object.assign(new PassThrough(), { isTTY: true });
    let shown = '';
    output.on('data', (piece: Buffer) => (shown += piece.toString()));
    output.once('data', () => input.write('n\r'));
    await confirm("Delete 'a' (\u001B[31mred\u009B2J\nDelete nothing)?", { input, output });
    expect(shown).toContain("Delete 'a' ( [31mred 2J Delete nothing)? [y/N]");
  });

  test('nobody is asked where there is no terminal at either end', async () => {
    for (const [inTTY, outTTY] of [
      [true, false],
      [false, true],
    ]) {
      const input = Object.assign(new PassThrough(), { isTTY: inTTY! });
      const output = Object.assign(new PassThrough(), { isTTY: outTTY! });
      expect(await confirm('Delete it?', { input, output })).toBe(false);
      expect(output.read()).toBeNull();
    }
  });

  test.for(['\u0003', '\u0004'])('breaking off with %j is a no, and no fault', async (typed) => {
    expect(await answered(typed)).toBe(false);
  });
});
