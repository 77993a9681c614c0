/** What a job function waits for before it goes on, and what is read of a file that a kill cut off. */
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LedgerFile, readLedger } from './ledger-line.ts';
import { ranLines, startOf } from './planted-history.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'carillon-ledger-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const pathOf = (): string => join(folder, 'replica-1.1.ledger');

describe('LedgerFile.appendTogether()', () => {
  it('brings all lines to the disk that wait with one fsync, and what is written while it goes on with the next', async () => {
    const begun: (() => void)[] = [];
    const ledger = new LedgerFile(pathOf(), () => new Promise((resolve) => begun.push(resolve)));
    const isOnDisk: number[] = [];
    const append = async (second: number): Promise<void> => {
      await ledger.appendTogether(startOf(second));
      isOnDisk.push(second);
    };
    const first = Promise.all([append(1), append(2)]);
    await expect.poll(() => begun.length).toBe(1);
    const later = Promise.all([append(3), append(4)]);
    begun[0]!();
    await first;
    expect(isOnDisk).toEqual([1, 2]);
    await expect.poll(() => begun.length).toBe(2);
    begun[1]!();
    await later;
    expect(isOnDisk).toEqual([1, 2, 3, 4]);
    expect(begun).toHaveLength(2);
    ledger.close();
  });

  it('keeps the order of what is written, with what is written by itself in between', async () => {
    const ledger = new LedgerFile(pathOf());
    const [start, end] = ranLines(1);
    const waiting = ledger.appendTogether(start!);
    ledger.append(startOf(2));
    await waiting;
    ledger.append(end!);
    ledger.close();
    expect(readLedger(pathOf())).toEqual([start, startOf(2), end]);
  });
});

describe('readLedger()', () => {
  it('a last line that a kill cut off is no line', () => {
    const ledger = new LedgerFile(pathOf());
    for (const line of ranLines(1)) ledger.append(line);
    ledger.close();
    appendFileSync(pathOf(), JSON.stringify(startOf(2)).slice(0, 40));
    expect(readLedger(pathOf())).toEqual(ranLines(1));
  });
});
