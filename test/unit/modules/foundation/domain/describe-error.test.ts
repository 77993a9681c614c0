import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeError } from '../../../../../src/modules/foundation/domain/describe-error.ts';
import { RunTimeoutError } from '../../../../../src/modules/foundation/domain/errors.ts';

const messageOf = (thrown: unknown): string => describeError(thrown).message;
const boom = (): never => {
  throw new Error('boom');
};

describe('describeError()', () => {
  it('joins a sentence and its cause without the full stop between them', () => {
    const error = new Error('It failed.', { cause: new Error('No disk.') });
    expect(describeError(error).message).toBe('It failed: No disk.');
  });

  it('gives message and stack of an error', () => {
    const error = new Error('it broke');
    expect(describeError(error)).toEqual({ message: 'it broke', stack: error.stack });
  });

  it('names the class where the message does not', () => {
    expect(messageOf(new TypeError('x is not a function'))).toBe('TypeError: x is not a function');
    expect(messageOf(new RunTimeoutError(5))).toBe('RunTimeoutError: The run did not end within its timeout of 5 ms.');
    expect(messageOf(new RangeError(''))).toBe('RangeError');
  });

  it('follows the causes, and says nothing twice', () => {
    const error = new Error('outer', { cause: new Error('middle', { cause: new Error('inner') }) });
    expect(messageOf(error)).toBe('outer: middle: inner');
    expect(messageOf(new Error('failed: ECONNREFUSED', { cause: new Error('ECONNREFUSED') }))).toBe(
      'failed: ECONNREFUSED',
    );
    expect(messageOf(new Error('outer', { cause: { code: 7 } }))).toBe('outer: {"code":7}');
  });

  it('ends where causes go in a circle, and after five', () => {
    const first = new Error('first');
    const second = new Error('second', { cause: first });
    first.cause = second;
    expect(messageOf(first)).toBe('first: second');
    let deep = new Error('0');
    for (let depth = 1; depth < 100; depth += 1) deep = new Error(`level-${depth}`, { cause: deep });
    expect(messageOf(deep).split(': ')).toHaveLength(5);
  });

  it('tells what was gathered', () => {
    const refused = [new Error('connect ::1'), new Error('connect 127.0.0.1')];
    expect(messageOf(new AggregateError(refused))).toBe('connect ::1, connect 127.0.0.1');
    expect(messageOf(new AggregateError(refused, 'All promises were rejected'))).toBe(
      'AggregateError: All promises were rejected (connect ::1, connect 127.0.0.1)',
    );
    expect(messageOf(new AggregateError([], 'nothing'))).toBe('AggregateError: nothing');
    const many = Array.from({ length: 9 }, (_, at) => new Error(`e${at}`));
    expect(messageOf(new AggregateError(many))).toBe('e0, e1, e2, e3, e4 and 4 more');
  });

  it('ends where a gathering holds itself', () => {
    const gathering = new AggregateError([], 'circle');
    gathering.errors.push(gathering, boom);
    expect(messageOf(gathering)).toContain('circle');
  });

  it('says what is no error', () => {
    expect(messageOf('a text')).toBe('a text');
    expect(messageOf(42)).toBe('42');
    expect(messageOf(10n)).toBe('10');
    expect(messageOf(Symbol('s'))).toBe('Symbol(s)');
    expect(messageOf({ code: 'E', at: [1] })).toBe('{"code":"E","at":[1]}');
    expect(messageOf(null)).toBe('null was thrown, which is not an Error.');
    expect(messageOf(undefined)).toBe('undefined was thrown, which is not an Error.');
    expect(messageOf('')).toBe('An empty text was thrown, which is not an Error.');
    expect(messageOf(Object.create(null))).toBe('{}');
    expect(describeError('text').stack).toBeNull();
  });

  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const circle: Record<string, unknown> = {};
  circle['self'] = circle;
  const hostile: Record<string, unknown> = {
    'an object whose toString throws': { toString: boom },
    'an object whose toJSON throws': { toJSON: boom },
    'a cycle': circle,
    'a Proxy that throws at everything': new Proxy({}, { get: boom, getPrototypeOf: boom, ownKeys: boom, has: boom }),
    'a revoked Proxy': revoked.proxy,
    'a BigInt within an object': { big: 1n },
    'a throwing function': boom,
  };
  for (const [name, thrown] of Object.entries(hostile)) {
    it(`never throws over ${name}`, () => {
      expect(messageOf(thrown).length).toBeGreaterThan(0);
      expect(messageOf(new Error('outer', { cause: thrown }))).toMatch(/^outer/);
      expect(messageOf(new AggregateError([thrown, new Error('sound')]))).toContain('sound');
    });
  }

  it('reads an error whose parts are not what they should be', () => {
    const withMessage = (message: unknown): Error =>
      Object.defineProperty(new Error('x'), 'message', { value: message });
    expect(messageOf(withMessage(42))).toBe('42');
    expect(messageOf(withMessage(undefined))).toBe('undefined');
    expect(messageOf(Object.defineProperty(new Error('sound'), 'name', { value: null }))).toBe('null: sound');
    const noStack = Object.defineProperty(new Error('sound'), 'stack', { get: boom });
    expect(describeError(noStack)).toEqual({ message: 'sound', stack: null });
    expect(describeError(Object.defineProperty(new Error('sound'), 'stack', { value: [] })).stack).toBeNull();
    expect(messageOf(Object.defineProperty(new Error('sound'), 'cause', { get: boom }))).toBe('sound');
    expect(messageOf(Object.defineProperty(new Error('x'), 'message', { get: boom }))).toContain('cannot be read');
  });

  it('gives a text for whatever is thrown', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true }), (thrown) => {
        const { message, stack } = describeError(thrown);
        expect(typeof message).toBe('string');
        expect(message).not.toBe('');
        expect(stack).toBeNull();
      }),
    );
  });
});
