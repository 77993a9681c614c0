/** cron-schedule and our own reading, side by side: where it is used, it must say what we would. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { GRAMMARS } from '../../../../../../src/modules/foundation/domain/cron/field-grammar.ts';
import { readField } from '../../../../../../src/modules/foundation/domain/cron/field-reader.ts';
import { readPlainItem } from '../../../../../../src/modules/foundation/domain/cron/plain-item.ts';
import { refuseUnreadable, splitFields } from '../../../../../../src/modules/foundation/domain/cron/refuse.ts';
import { readUnixCron } from '../../../../../../src/modules/foundation/domain/cron/unix-cron.ts';
import { unixCrons } from '../../../../../oracle/naive-dates.ts';

const NAMES = ['minute', 'hour', 'day', 'month', 'weekday'] as const;

test('withPlainValues() gives the values that our own reading gives', () => {
  let compared = 0;
  fc.assert(
    fc.property(unixCrons, ({ text }) => {
      const pieces = splitFields(text).slice(-5);
      const form = readUnixCron(pieces, '');
      for (const [index, name] of NAMES.entries()) {
        const field = form.fields[name];
        if (!field.items.every(({ kind }) => kind === 'value' || kind === 'every' || kind === 'range')) continue;
        const own = readField(
          pieces[index]!,
          GRAMMARS.unix[name],
          (piece, grammar) => readPlainItem(piece, grammar) ?? refuseUnreadable(piece, grammar),
        );
        expect(field.values, `${name} of ${text}`).toEqual(own.values);
        compared += 1;
      }
    }),
    { numRuns: 1500 },
  );
  expect(compared).toBeGreaterThan(3000);
});

test.each([
  ['0 0 * * 7', 'weekday', [0]],
  ['0 0 * * sun-tue', 'weekday', [0, 1, 2]],
  ['0 0 * * fri-sun', 'weekday', [0, 5, 6]],
  ['0 0 * * */2', 'weekday', [0, 2, 4, 6]],
  ['0 0 * * 0-7', 'weekday', [0, 1, 2, 3, 4, 5, 6]],
  ['0 0 * * 1/2', 'weekday', [0, 1, 3, 5]],
  ['0 0 * jan,dec *', 'month', [1, 12]],
  ['5/15 0 * * *', 'minute', [5, 20, 35, 50]],
  ['1,5/30 0 * * *', 'minute', [1, 5, 35]],
  ['0 0 15W * *', 'day', []],
  ['0 0 1,15W * *', 'day', [1]],
] as const)('readUnixCron() of %j has the %s values %j', (text, name, values) => {
  expect(readUnixCron(splitFields(text), '').fields[name].values).toEqual(values);
});
