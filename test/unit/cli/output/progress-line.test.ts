import { PassThrough } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { ProgressLine } from '../../../../src/cli/output/progress-line.ts';

const RUN = { jobId: 'nightly', startedAt: '2026-01-01T00:00:00Z', progress: null };
const CLEAR = '\r\u001B[K';

/** What a terminal of that width, or no terminal, is sent. */
async function written(write: (line: ProgressLine) => void, columns: number | null = 80): Promise<string> {
  const stream = Object.assign(new PassThrough(), columns === null ? { isTTY: false } : { isTTY: true, columns });
  write(new ProgressLine(stream as unknown as WriteStream));
  return text(stream.end());
}

describe('ProgressLine', () => {
  test('writes nothing where no person watches', async () => {
    const all = (line: ProgressLine): void => {
      line.show(RUN);
      line.showCount('jobs', 1, 2);
      line.clear();
    };
    expect(await written(all, null)).toBe('');
  });

  test('clear() takes away what is shown, once', async () => {
    expect(await written((line) => line.clear())).toBe('');
    const twice = await written((line) => {
      line.show(RUN);
      line.clear();
      line.clear();
    });
    expect(twice).toBe(`${CLEAR}nightly runs …${CLEAR}`);
  });

  test('show() says whether a run waits, runs, or how far it has come', async () => {
    expect(await written((line) => line.show({ ...RUN, startedAt: null }))).toBe(
      `${CLEAR}nightly waits for an instance …`,
    );
    const half = { fraction: 0.5, message: 'half\nway' };
    expect(await written((line) => line.show({ ...RUN, progress: half }))).toBe(
      `${CLEAR}${'█'.repeat(12)}${'░'.repeat(12)}  50 % half way`,
    );
  });

  test.for([
    [0, 0, '  0 %'],
    [1, 24, '100 %'],
    [-1, 0, '  0 %'],
    [7, 24, '100 %'],
  ] as const)('show() draws a bar of its width for a fraction of %d', async ([fraction, full, percent]) => {
    const line = await written((shown) => shown.show({ ...RUN, progress: { fraction } }));
    expect(line).toBe(`${CLEAR}${'█'.repeat(full)}${'░'.repeat(24 - full)} ${percent} `);
  });

  test('stays on one line of a narrow terminal', async () => {
    const line = await written((shown) => shown.showCount('jobs made so', 5, 10), 20);
    expect(Array.from(line.slice(CLEAR.length))).toHaveLength(19);
    expect(line.endsWith('…')).toBe(true);
  });
});
