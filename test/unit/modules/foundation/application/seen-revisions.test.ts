import { describe, expect, it } from 'vitest';
import type { RevisionSum } from '../../../../../src/modules/foundation/application/ports/job-config-repository.ts';
import { SeenRevisions } from '../../../../../src/modules/foundation/application/seen-revisions.ts';

type Rows = Readonly<Record<string, number>>;

function sumOf(rows: Rows): RevisionSum {
  const revisions = Object.values(rows);
  const sum = revisions.reduce((total, revision) => total + revision, 0);
  return { rows: revisions.length, sum, newest: Math.max(0, ...revisions) };
}

function seen(rows: Rows): SeenRevisions {
  const revisions = new SeenRevisions();
  revisions.replaceBy(new Map(Object.entries(rows)));
  return revisions;
}

const mayDiffer = (of: SeenRevisions, rows: Rows) => of.mayDiffer(async () => sumOf(rows));

describe('SeenRevisions', () => {
  it.each([
    ['an edit', { a: 1, b: 2 }, { a: 1, b: 3 }],
    ['a new row', { a: 1 }, { a: 1, b: 2 }],
    ['a row that is gone', { a: 1, b: 2 }, { b: 2 }],
    ['one that is gone and a new one', { a: 1, b: 2 }, { b: 2, c: 3 }],
    ['a commit that came late beside a deletion, with the same sum', { x: 11, z: 13 }, { y: 10, z: 14 }],
    ['a restored table that was edited, with the same sum', { a: 3, b: 5 }, { a: 1, b: 7 }],
  ])('mayDiffer() sees %s', async (_what, before, after) => {
    expect(await mayDiffer(seen(before), before)).toBe(false);
    expect(await mayDiffer(seen(before), after)).toBe(true);
  });

  it('mayDiffer() rests on the sum nine times in a row, and not at all after a gap', async () => {
    const rows = { a: 1 };
    const revisions = seen(rows);
    const answers: boolean[] = [];
    for (let times = 0; times < 20; times += 1) answers.push(await mayDiffer(revisions, rows));
    expect(answers.flatMap((answer, at) => (answer ? [at] : []))).toEqual([9, 19]);
    revisions.noteGap();
    expect(await mayDiffer(revisions, rows)).toBe(true);
    expect(await mayDiffer(revisions, rows)).toBe(false);
  });

  it('differingFrom() names what is new, edited and gone', () => {
    const revisions = seen({ same: 1, edited: 2, gone: 3, forgotten: 4 });
    revisions.forget('forgotten');
    revisions.note('noted', 5);
    const now = new Map(Object.entries({ same: 1, edited: 6, forgotten: 4, noted: 5, added: 7 }));
    expect(revisions.differingFrom(now).toSorted()).toEqual(['added', 'edited', 'forgotten', 'gone']);
  });
});
