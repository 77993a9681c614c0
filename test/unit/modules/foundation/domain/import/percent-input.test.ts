import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPercent } from '../../../../../../src/modules/foundation/domain/import/percent-input.ts';

describe('readPercent()', () => {
  it.each([
    ['date', 'date', null],
    ['date +\\%F', 'date +%F', null],
    ['cat%one%two', 'cat', 'one\ntwo\n'],
    ['cat%one%', 'cat', 'one\n'],
    ['cat%', 'cat', ''],
    ['cat%%', 'cat', '\n'],
    ['cat%50\\% off', 'cat', '50% off\n'],
    ['printf "a\\nb"%x\\ny', 'printf "a\\nb"', 'x\\ny\n'],
    ['echo \\\\%in', 'echo \\\\', 'in\n'],
    ['cat%a\\', 'cat', 'a\\\n'],
    ['%in', '', 'in\n'],
  ])('reads %j as cronie does', (text, command, stdin) => {
    expect(readPercent(text)).toEqual({ command, stdin });
  });

  it('leaves a text without % as it is', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !text.includes('%')),
        (text) => {
          expect(readPercent(text)).toEqual({ command: text, stdin: null });
        },
      ),
    );
  });

  it('ends every input with a newline', () => {
    const text = fc.array(fc.constantFrom('a', '%', '\\', ' ')).map((parts) => parts.join(''));
    fc.assert(
      fc.property(text, (written) => {
        const { stdin } = readPercent(`cat%${written}`);
        expect(stdin === '' || stdin!.endsWith('\n')).toBe(true);
      }),
    );
  });
});
