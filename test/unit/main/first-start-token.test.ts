import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { firstStartToken } from '../../../src/main/first-start-token.ts';

describe('firstStartToken()', () => {
  let folder = '';
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'carillon-token-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('makes a token at the first start, readable by its owner only, in a folder that need not be there', async () => {
    const { token, path, isNew } = await firstStartToken(join(folder, 'deep', 'data'));
    expect(isNew).toBe(true);
    expect(token.length).toBeGreaterThanOrEqual(43);
    expect((await readFile(path, 'utf8')).trim()).toBe(token);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('gives the same token ever after', async () => {
    const first = await firstStartToken(folder);
    expect(await firstStartToken(folder)).toEqual({ ...first, isNew: false });
  });

  it('two processes at once agree on one', async () => {
    const made = await Promise.all(
      [1, 2, 3, 4].map(() => firstStartToken(folder).catch(() => firstStartToken(folder))),
    );
    expect(new Set(made.map(({ token }) => token)).size).toBe(1);
    expect(made.filter(({ isNew }) => isNew)).toHaveLength(1);
  });

  for (const text of ['', '\n', 'short\n']) {
    it(`a file that holds ${JSON.stringify(text)} is no token, and is left alone`, async () => {
      const path = join(folder, 'admin-token');
      await writeFile(path, text);
      await expect(firstStartToken(folder)).rejects.toThrow(/admin-token holds \d characters.*ADMIN_TOKEN/s);
      expect(await readFile(path, 'utf8')).toBe(text);
    });
  }
});
