import { describe, expect, it } from 'vitest';
import { readSetting } from '../../../../../../src/modules/foundation/domain/import/crontab-setting.ts';

describe('readSetting()', () => {
  it.each([
    ['PATH=/bin:/usr/bin', 'PATH', '/bin:/usr/bin'],
    ['  MAILTO = ops@example.org  ', 'MAILTO', 'ops@example.org'],
    ['MAILTO=""', 'MAILTO', ''],
    ['MAILTO=', 'MAILTO', ''],
    ["A=' kept '", 'A', ' kept '],
    ['"A" = "x = y"', 'A', 'x = y'],
    ["'A'=it is", 'A', 'it is'],
    ['A=it\'s "here"', 'A', 'it\'s "here"'],
    ['A=b # no comment', 'A', 'b # no comment'],
  ])('reads %j', (line, name, value) => {
    expect(readSetting(line)).toEqual({ name, value });
  });

  it.each(['0 9 * * * A=b cmd', '@daily A=b cmd', '*/5 * * * * test a = b', 'MAILTO root', ''])(
    'leaves %j to others',
    (line) => {
      expect(readSetting(line)).toBeNull();
    },
  );

  it.each(['A="x', "A='x' y", '1A=x', 'A.B=x', '*=5'])('refuses %j with a reason', (line) => {
    expect(readSetting(line)).toEqual(expect.any(String));
  });
});
