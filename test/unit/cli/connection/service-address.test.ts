import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findService } from '../../../../src/cli/connection/service-address.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'carillon-address-'));
  await writeFile(join(folder, 'admin-token'), 'made-at-the-first-start\n');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('findService()', () => {
  test('takes what is named before what the environment says', async () => {
    const env = { CARILLON_SERVER: 'http://b.example', CARILLON_TOKEN: 'b' };
    expect(await findService({ server: 'https://a.example/x/', token: 'a' }, env)).toEqual({
      ...{ server: 'https://a.example/x', token: 'a' },
    });
    expect(await findService({}, env)).toEqual({ server: 'http://b.example', token: 'b' });
  });

  test('finds the service of this machine, and the token of its first start', async () => {
    const env = { PORT: '4000', BASE_PATH: '/bells', DATA_DIRECTORY: folder };
    const found = { server: 'http://127.0.0.1:4000/bells', token: 'made-at-the-first-start' };
    expect(await findService({}, env)).toEqual(found);
    expect((await findService({}, { ...env, ADMIN_TOKEN: 'set' })).token).toBe('set');
    expect((await findService({}, { DATA_DIRECTORY: join(folder, 'none') })).token).toBeNull();
  });

  test('shows a token of this machine to no other', async () => {
    const env = { DATA_DIRECTORY: folder, ADMIN_TOKEN: 'set' };
    for (const server of ['http://127.0.0.1.example.com', 'http://localhost.example', 'https://10.0.0.1']) {
      expect((await findService({ server }, env)).token).toBeNull();
    }
    expect((await findService({ server: 'localhost:3000' }, env)).token).toBe('set');
  });
});
