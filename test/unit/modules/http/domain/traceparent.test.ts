/** The header against the grammar of W3C Trace Context. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatTraceparent, TRACEPARENT_BYTES } from '../../../../../src/modules/http/domain/traceparent.ts';

test('formatTraceparent() writes version, trace id, parent id and the sampled flag', () => {
  const random = Uint8Array.from({ length: TRACEPARENT_BYTES }, (_, index) => index);
  expect(formatTraceparent(random)).toBe('00-000102030405060708090a0b0c0d0e0f-1011121314151617-01');
});

test('formatTraceparent() never writes an id of zeros', () => {
  expect(formatTraceparent(new Uint8Array(TRACEPARENT_BYTES))).toBe(`00-${'0'.repeat(31)}1-${'0'.repeat(15)}1-01`);
});

test('formatTraceparent() is well-formed for any bytes', () => {
  const bytes = fc.uint8Array({ minLength: TRACEPARENT_BYTES, maxLength: TRACEPARENT_BYTES });
  fc.assert(
    fc.property(bytes, (random) => {
      expect(formatTraceparent(random)).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    }),
  );
});
