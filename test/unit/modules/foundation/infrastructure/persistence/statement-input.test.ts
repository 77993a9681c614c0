import { describe, expect, it } from 'vitest';
import { renderStatement } from '../../../../../../src/modules/foundation/infrastructure/persistence/render-statement.ts';
import { inputRows } from '../../../../../../src/modules/foundation/infrastructure/persistence/statement-input.ts';

describe('inputRows()', () => {
  it('writes rows as JSON.stringify does, instants and what cannot be an instant too', () => {
    const at = new Date('2026-01-02T03:04:05.678Z');
    const rows = [
      { id: 'a', at, other: at, kwargs: { nested: [1, null] }, none: null },
      { id: 'b', at: new Date(Number.NaN), other: 'infinity', kwargs: {}, none: undefined },
    ];
    const { text, values } = renderStatement(inputRows('input', { id: 'text', at: 'timestamptz' }, rows));
    expect(text).toBe('json_to_recordset($1::json) as input("id" text, "at" timestamptz)');
    expect(values).toEqual([JSON.stringify(rows)]);
  });
});
