import { afterEach, describe, expect, test } from 'vitest';
import { WatchedWork } from '../../../../src/cli/connection/watched-work.ts';
import type { ProgressLine } from '../../../../src/cli/output/progress-line.ts';

let work: WatchedWork;
afterEach(() => work.close());

const NUMBERS = Array.from({ length: 30 }, (_, at) => at);
const pressCtrlC = (): boolean => process.emit('SIGINT');

describe('WatchedWork', () => {
  test('forEach() does all of it, eight at once and no more', async () => {
    work = new WatchedWork(null);
    let [now, most] = [0, 0];
    const done: number[] = [];
    await work.forEach('jobs', NUMBERS, async (number) => {
      most = Math.max(most, (now += 1));
      await Promise.resolve();
      done.push(number);
      now -= 1;
    });
    expect(done.toSorted((a, b) => a - b)).toEqual(NUMBERS);
    expect(most).toBe(8);
  });

  test('forEach() starts nothing more after Ctrl-C, and lets what is under way end', async () => {
    work = new WatchedWork(null);
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const [started, ended]: number[][] = [[], []];
    const all = work.forEach('jobs', NUMBERS, async (number) => {
      started!.push(number);
      await held;
      ended!.push(number);
    });
    expect(work.isCut).toBe(false);
    pressCtrlC();
    release();
    await all;
    expect(work.isCut).toBe(true);
    expect(started).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(ended).toEqual(started);
  });

  test('forEach() starts nothing more after a failure, and throws it when what was under way has ended', async () => {
    work = new WatchedWork(null);
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const ended: number[] = [];
    const all = work.forEach('jobs', NUMBERS, async (number) => {
      if (number === 3) throw new Error('refused');
      await held;
      ended.push(number);
    });
    release();
    await expect(all).rejects.toThrow('refused');
    expect(ended).toEqual([0, 1, 2, 4, 5, 6, 7]);
  });

  test('forEach() counts what was done, and clears the line also where it fails', async () => {
    const shown: string[] = [];
    const line: Pick<ProgressLine, 'showCount' | 'clear'> = {
      showCount: (what, done, total) => void shown.push(`${done}/${total} ${what}`),
      clear: () => void shown.push('clear'),
    };
    work = new WatchedWork(line as ProgressLine);
    await work.forEach('jobs', [1, 2], async () => {});
    await work.forEach('more', [1], () => Promise.reject(new Error('x'))).catch(() => {});
    expect(shown).toEqual(['1/2 jobs', '2/2 jobs', 'clear', 'clear']);
  });

  test('close() leaves Ctrl-C to the process again', () => {
    const before = process.listenerCount('SIGINT');
    work = new WatchedWork(null);
    expect(process.listenerCount('SIGINT')).toBe(before + 1);
    work.close();
    expect(process.listenerCount('SIGINT')).toBe(before);
  });

  test('takes the first Ctrl-C alone: a second one ends the process', () => {
    const before = process.listenerCount('SIGINT');
    work = new WatchedWork(null);
    pressCtrlC();
    expect(process.listenerCount('SIGINT')).toBe(before);
  });
});
