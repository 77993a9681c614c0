/** Cursors of lists. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidInputError } from '../../../../../../src/modules/foundation/domain/errors.ts';
import {
  decodePageCursor,
  encodePageCursor,
  isInstant,
  isUuid,
} from '../../../../../../src/modules/foundation/infrastructure/persistence/page-cursor.ts';

const always = (): boolean => true;

describe('decodePageCursor()', () => {
  it('gives back what was encoded, in characters that an address takes', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\u0000'))), (parts) => {
        const cursor = encodePageCursor(parts);
        expect(cursor).toMatch(/^[\w-]*$/);
        expect(
          decodePageCursor(
            cursor,
            parts.map(() => always),
          ),
        ).toEqual(parts);
      }),
    );
  });

  it('refuses whatever else comes, with its path', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(() => decodePageCursor(text, [always, always, always, () => false])).toThrow(InvalidInputError);
      }),
    );
    for (const parts of [[], ['a'], ['a', 'b', 'c'], ['a', 'b\u0000']]) {
      expect(() => decodePageCursor(encodePageCursor(parts), [always, always])).toThrow(
        expect.objectContaining({ errors: [expect.objectContaining({ path: 'cursor' })] }),
      );
    }
  });
});

it('isInstant() takes what toISOString() gives, and no date or year that the database does not have', () => {
  expect(isInstant(new Date().toISOString())).toBe(true);
  const years = ['0000-01-01T00:00:00.000Z', '+010000-01-01T00:00:00.000Z', '-000001-01-01T00:00:00.000Z'];
  const forms = ['', 'now', '2026-01-01T00:00:00Z', '2026-01-01t00:00:00.000z', '2026-01-01T00:00:00.000+16:00'];
  for (const text of [...years, ...forms, '2026-02-30T00:00:00.000Z', '2026-13-01T00:00:00.000Z']) {
    expect(isInstant(text)).toBe(false);
  }
});

it('isUuid() takes UUIDs alone', () => {
  expect(isUuid(crypto.randomUUID())).toBe(true);
  for (const text of ['', 'x', `${crypto.randomUUID()} `, '0'.repeat(36)]) expect(isUuid(text)).toBe(false);
});
