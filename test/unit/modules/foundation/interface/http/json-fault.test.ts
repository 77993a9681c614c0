import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findJsonFault } from '../../../../../../src/modules/foundation/interface/http/json-fault.ts';

describe('findJsonFault()', () => {
  test.each([
    ['', 0],
    ['  ', 2],
    ['{', 1],
    ['{"a":}', 5],
    ['{a:1}', 1],
    ['{"a" 1}', 5],
    ['{"a":1,}', 7],
    ['{,}', 1],
    ['[1,]', 3],
    ['[1 2]', 3],
    ['[1,2', 4],
    ['[1}', 2],
    ['{"a":1]', 6],
    ['{"a":1}x', 7],
    ['{"a":1} {', 8],
    ['nul', 0],
    ["{'a':1}", 1],
    ['{"a":01}', 6],
    ['{"a": "x\ny"}', 6],
    [String.raw`{"a": "\x"}`, 6],
    ['{\n  "jobName": "W",\n  "cron": oops\n}', 30],
  ])('%j goes wrong at %i', (text, position) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(findJsonFault(text)).toBe(position);
  });

  test('runs to the end of every text that is JSON', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(findJsonFault(text)).toBe(text.length);
      }),
    );
  });

  test('never points behind the place where a cut text ends', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 3 }), fc.nat(), (text, cut) => {
        const part = text.slice(0, cut % (text.length + 1));
        expect(findJsonFault(part)).toBeLessThanOrEqual(part.length);
      }),
    );
  });

  test('takes a megabyte of one string, and of brackets, without breaking', () => {
    expect(findJsonFault(`{"a":"${'x'.repeat(1_000_000)}" oops}`)).toBe(1_000_008);
    expect(findJsonFault('['.repeat(1_000_000))).toBe(1_000_000);
    expect(findJsonFault(`"${String.raw`\n`.repeat(300_000)}" x`)).toBe(600_003);
  });
});
