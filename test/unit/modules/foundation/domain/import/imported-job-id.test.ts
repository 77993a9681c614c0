import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JOB_ID_PATTERN, TEXT_LENGTHS } from '../../../../../../src/modules/foundation/application/job-spec-limits.ts';
import {
  isUsableJobId,
  LONGEST_NAME,
  nameOf,
  shortHash,
  slugOf,
  UniqueIds,
} from '../../../../../../src/modules/foundation/domain/import/imported-job-id.ts';

describe('isUsableJobId()', () => {
  it('agrees with the rule of the API', () => {
    const id = fc.oneof(fc.string(), fc.stringMatching(/^[A-Za-z0-9._:-]{0,210}$/));
    fc.assert(
      fc.property(id, (text) => {
        expect(isUsableJobId(text)).toBe(JOB_ID_PATTERN.test(text));
      }),
      { numRuns: 500 },
    );
  });
});

describe('slugOf()', () => {
  it.each([
    ['backup.sh', 'backup-sh'],
    ['sendMail', 'send-mail'],
    ['send_mail', 'send-mail'],
    ['--x--', 'x'],
    ['日报', 'job'],
    ['', 'job'],
  ])('%j is %s', (text, slug) => {
    expect(slugOf(text)).toBe(slug);
  });

  it('with a hash is always a usable id', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(isUsableJobId(`${slugOf(text)}-${shortHash(text)}`)).toBe(true);
      }),
    );
  });
});

describe('shortHash()', () => {
  it('never changes: ids of imported jobs depend on it', () => {
    expect([shortHash(''), shortHash('/opt/sync')]).toEqual(['ab3e7c0b', 'cdd2d21b']);
  });
});

describe('nameOf()', () => {
  it('is one line within the length of a name, and never half a character', () => {
    expect(LONGEST_NAME).toBe(TEXT_LENGTHS.jobName.max);
    expect(nameOf('  a\n\tb ')).toBe('a b');
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), (text) => {
        const name = nameOf(text.toWellFormed());
        expect(name.length).toBeLessThanOrEqual(LONGEST_NAME);
        expect(name.isWellFormed()).toBe(true);
      }),
    );
    expect(nameOf(`${'a'.repeat(198)}😀😀`)).toBe(`${'a'.repeat(198)}…`);
  });
});

describe('UniqueIds', () => {
  it('numbers what comes twice, past what is taken', () => {
    const ids = new UniqueIds();
    expect(['a', 'a-2', 'a', 'b', 'a'].map((id) => ids.take(id))).toEqual(['a', 'a-2', 'a-3', 'b', 'a-4']);
  });
});
