import { describe, expect, it } from 'vitest';
import { renderStatement } from '../../../../../../src/modules/foundation/infrastructure/persistence/render-statement.ts';
import {
  herdRows,
  inputRows,
} from '../../../../../../src/modules/foundation/infrastructure/persistence/statement-input.ts';

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

describe('herdRows()', () => {
  const columns = { own: { id: 'text', revision: 'bigint' }, shared: { at: 'timestamptz', kwargs: 'jsonb' } };
  const valuesOf = (rows: Parameters<typeof herdRows>[2]) => renderStatement(herdRows('input', columns, rows)).values;
  const at = new Date('2026-01-02T03:04:05.678Z');

  it('sends what rows share once, and says of each row which that is', () => {
    const rows = [
      { id: 'a', revision: 1, at, kwargs: {} },
      { id: 'b', revision: 2, at, kwargs: { other: true } },
      { id: 'c', revision: 3, at: new Date(at), kwargs: {} },
      { id: 'd', revision: 4, at: new Date(at), kwargs: {} },
    ];
    const [kinds, ids, revisions, shared] = valuesOf(rows);
    expect([kinds, ids, revisions]).toEqual(['{0,1,0,0}', '{a,b,c,d}', '{1,2,3,4}']);
    expect(JSON.parse(shared as string)).toEqual([
      { kind: 0, at: at.toJSON(), kwargs: {} },
      { kind: 1, at: at.toJSON(), kwargs: { other: true } },
    ]);
  });

  it('writes texts as the server reads them in an array, whatever they hold', () => {
    const ids = ['plain.id', 'null', 'NULL', '', 'a,b', '{x}', 'a"b', String.raw`a\b`, ' ', '钟', null, undefined];
    const rows = ids.map((id) => ({ id, revision: null, at, kwargs: {} }));
    expect(valuesOf(rows)[1]).toBe(
      String.raw`{plain.id,"null","NULL","","a,b","{x}","a\"b","a\\b"," ","钟",null,null}`,
    );
  });
});
