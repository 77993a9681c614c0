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

  test.for(['\u0003', '\u0004'])('breaking off with %j is a no, and no fault', async (typed) => {
    expect(await answered(typed)).toBe(false);
  });
});
