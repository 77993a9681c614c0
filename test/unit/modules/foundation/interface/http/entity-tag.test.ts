import { describe, expect, test } from 'vitest';
import { entityTag, readPrecondition } from '../../../../../../src/modules/foundation/interface/http/entity-tag.ts';

function preconditionOf(headers: Record<string, string>) {
  return readPrecondition((name) => headers[name]);
}

describe('readPrecondition()', () => {
  test('reads what entityTag() wrote', () => {
    expect(preconditionOf({ 'if-match': entityTag(7) })).toEqual({ ifNoneMatch: false, ifMatch: [7] });
  });

  test.each([
    ['*', '*'],
    ['"1", "22"', [1, 22]],
    ['7', [7]],
    ['W/"7"', []],
    ['"abc"', []],
    ['', []],
    ['"-1"', []],
    [`"${'9'.repeat(40)}"`, []],
  ])('If-Match: %s', (header, ifMatch) => {
    expect(preconditionOf({ 'if-match': header }).ifMatch).toEqual(ifMatch);
  });

  test('says nothing of what was not sent', () => {
    expect(preconditionOf({})).toEqual({ ifNoneMatch: false });
  });

  test("takes If-None-Match: * alone for 'only create'", () => {
    expect(preconditionOf({ 'if-none-match': '*' }).ifNoneMatch).toBe(true);
    expect(preconditionOf({ 'if-none-match': '"3"' }).ifNoneMatch).toBe(false);
  });
});
