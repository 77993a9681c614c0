import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readNamed, writeNamed } from '../../../../src/cli/commands/named-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'carillon-file-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('readNamed()', () => {
  test('leaves out the byte-order mark that an editor put before the text, and no other', async () => {
    const path = join(folder, 'marked.json');
    await writeFile(path, '\uFEFF[{"jobId":"\uFEFFa"}]');
    expect(JSON.parse(await readNamed(path))).toEqual([{ jobId: '\uFEFFa' }]);
  });

  test.for(['none.yaml', ''])('says that %j cannot be read, and why', async (name) => {
    const path = join(folder, name);
    await expect(readNamed(path)).rejects.toMatchObject({
      ...{ status: 2, message: expect.stringMatching(/ cannot be read: E(NOENT|ISDIR)/) },
    });
  });
});

describe('writeNamed()', () => {
  test('writes what readNamed() reads', async () => {
    const path = join(folder, '每日.yaml');
    await writeNamed(path, 'jobs: []\n');
    expect(await readNamed(path)).toBe('jobs: []\n');
    expect(await readFile(path, 'utf8')).toBe('jobs: []\n');
  });
});
