/** Raw statements and their parameters. */
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { renderStatement } from '../../../../../../src/modules/foundation/infrastructure/persistence/render-statement.ts';

it('renderStatement() numbers the parameters in their order', () => {
  expect(renderStatement(sql`select ${1}, ${'a'}, ${sql`b = ${true}`}, ${null}`)).toEqual({
    text: 'select $1, $2, b = $3, $4',
    values: [1, 'a', true, null],
  });
});

it.each([new Date(), { a: 1 }, ['a'], 1n, undefined])('renderStatement() refuses a parameter like %s', (value) => {
  expect(() => renderStatement(sql`select ${sql.param(value)}`)).toThrow(TypeError);
});
