import fs, { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { checkUp, type Finding } from '../../../src/main/check-up.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'carillon-check-'));
  await writeFile(join(folder, 'file'), '');
});
afterAll(() => rm(folder, { recursive: true }));

const ADMIN_TOKEN = 'an-admin-token-of-32-characters-or-more';

async function find(name: string, env: Record<string, string>): Promise<Finding | undefined> {
  return (await checkUp({ DATABASE_URL: 'memory://', ...env })).find((finding) => finding.name === name);
}

describe('checkUp()', () => {
  test('says every fault of the settings at once, and looks at nothing that they name', async () => {
    const findings = await checkUp({ PORT: '99999', LOG_LEVEL: 'loud', DATABASE_URL: 'mysql://a' });
    expect(findings.map(({ name }) => name)).toEqual(['settings', 'runtime', 'zone data']);
    expect(findings[0]).toMatchObject({
      state: 'fault',
      detail: expect.stringMatching(/^(?=.*PORT wants)(?=.*LOG_LEVEL wants)(?=.*DATABASE_URL wants)/),
    });
  });

  test('says of settings that can be used no more than that, and shows no token', async () => {
    const findings = await checkUp({ DATABASE_URL: 'memory://', ADMIN_TOKEN });
    expect(findings[0]).toEqual({ name: 'settings', state: 'good', detail: 'can be used' });
    expect(JSON.stringify(findings)).not.toContain(ADMIN_TOKEN);
  });

  test('names the folder above, where the folder would be made in it, however deep', async () => {
    expect(await find('folder', { DATA_DIRECTORY: folder })).toMatchObject({
      ...{ state: 'good', detail: `${folder} can be written` },
    });
    const deep = join(folder, 'a', 'b', '每日');
    expect(await find('folder', { DATA_DIRECTORY: deep })).toMatchObject({
      ...{ state: 'good', detail: `${deep} can be made in ${folder}` },
    });
  });

  test('finds a folder that can never be: under a file', async () => {
    const path = join(folder, 'file', 'data');
    expect(await find('folder', { DATA_DIRECTORY: path })).toMatchObject({
      ...{ state: 'fault', detail: `${path} cannot be written (ENOTDIR)`, advice: expect.stringContaining('DATA_DIR') },
    });
  });

  test('only reads a token that is there: its folder may be one that cannot be written', async () => {
    const mounted = join(folder, 'mounted');
    await mkdir(mounted);
    await writeFile(join(mounted, 'admin-token'), `${ADMIN_TOKEN}\n`);
    const refused = vi.spyOn(fs, 'access').mockRejectedValue(Object.assign(new Error('no'), { code: 'EROFS' }));
    syncBuiltinESMExports();
    const found = await find('folder', { DATA_DIRECTORY: mounted });
    refused.mockRestore();
    syncBuiltinESMExports();
    expect(found).toEqual({ name: 'folder', state: 'good', detail: `${mounted} holds the token of the first start` });
  });

  test('finds a file that holds no token, which would keep a service from its start', async () => {
    const broken = join(folder, 'broken');
    await mkdir(broken);
    await writeFile(join(broken, 'admin-token'), 'short');
    expect(await find('folder', { DATA_DIRECTORY: broken })).toMatchObject({
      ...{ state: 'fault', detail: expect.stringContaining('Delete the file') },
    });
  });

  test('asks for no folder where nothing is written: no embedded database, and no token to be made', async () => {
    const path = join(folder, 'file', 'data');
    expect(await find('folder', { DATA_DIRECTORY: path, ADMIN_TOKEN })).toBeUndefined();
  });

  test('notices that a database in memory is gone with the process', async () => {
    expect(await find('database', {})).toMatchObject({
      state: 'notice',
      advice: expect.stringContaining('DATABASE_URL'),
    });
  });
});
