/** What PostgreSQL can hold of any text and any JSON. */
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Json } from '../../../../../src/modules/foundation/domain/job-definition.ts';
import {
  MAX_TEXT_BYTES,
  toWritableJson,
  toWritableText,
} from '../../../../../src/modules/foundation/domain/writable-text.ts';

const anyText = fc.string({ unit: 'binary', maxLength: 60 });
const hostileText = fc
  .array(fc.constantFrom('\u0000', '\uD800', '\uDC00', '界', '😀', '\\', 'u0000', 'a'))
  .map((parts) => parts.join(''));

describe('toWritableText()', () => {
  it('leaves alone what fits', () => {
    expect(toWritableText('plain 界 😀')).toBe('plain 界 😀');
    expect(toWritableText('a'.repeat(MAX_TEXT_BYTES))).toHaveLength(MAX_TEXT_BYTES);
  });

  it('holds no NUL, no lone surrogate and no more bytes than allowed, whatever comes', () => {
    fc.assert(
      fc.property(fc.oneof(anyText, hostileText), fc.integer({ min: 64, max: 80 }), (text, maxBytes) => {
        const written = toWritableText(text, maxBytes);
        expect(written).not.toContain('\u0000');
        expect(written.isWellFormed()).toBe(true);
        expect(Buffer.byteLength(written)).toBeLessThanOrEqual(maxBytes);
      }),
    );
  });

  it('says that it was cut, and of how much', () => {
    expect(toWritableText('界'.repeat(5_000))).toMatch(/^界{2,}… \(cut; 5000 characters in all\)$/);
  });

  it('does not walk a huge text', () => {
    const walked: number[] = [];
    const replaceAll = vi.spyOn(String.prototype, 'replaceAll').mockImplementation(function (this: string) {
      walked.push(this.length);
      return String(this);
    });
    const encode = vi.spyOn(TextEncoder.prototype, 'encode').mockImplementation((text = '') => {
      walked.push(text.length);
      return Buffer.from(text);
    });
    const written = toWritableText('x'.repeat(200_000_000));
    for (const spy of [replaceAll, encode]) spy.mockRestore();
    expect(Buffer.byteLength(written)).toBe(MAX_TEXT_BYTES);
    expect(Math.max(...walked)).toBe(MAX_TEXT_BYTES);
  });
});

describe('toWritableJson()', () => {
  it('leaves alone what JSON can say', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        const json: Json = JSON.parse(JSON.stringify(value));
        const text = JSON.stringify(json);
        fc.pre(!/\\u0000|\\ud[89a-f]/.test(text));
        expect(toWritableJson(json)).toEqual(json);
      }),
    );
  });

  it('cleans texts and keys, and no escape that only looks like one', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const clean = text.replaceAll('\u0000', '\uFFFD').toWellFormed();
        expect(toWritableJson({ [`k${text}`]: [text] })).toEqual({ [`k${clean}`]: [clean] });
      }),
    );
  });

  it('gives the beginning of what is too large', () => {
    expect(toWritableJson(['x'.repeat(100)], 50)).toEqual({
      truncated: true,
      characters: 104,
      start: `["${'x'.repeat(100)}"]`,
    });
  });
});
