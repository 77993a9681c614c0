import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
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

  test.for([
    'http://admin:sesame@a.example',
    'admin:sesame@a.example',
    'http://sesame@localhost:3000/?x=1',
    'http://admin:se#same@host',
    'http://admin:se/same@host:3000',
    'admin:se?same@host',
    'admin:80?same@host',
    'http://admin:sesame@host:99999',
  ])('refuses the address %s, and repeats no password', async (server) => {
    const message = 'The address of the service holds a user name or a password. Say a token with --token instead.';
    for (const [given, env] of [
      [{ server }, {}],
      [{}, { CARILLON_SERVER: server }],
    ] as const) {
      const fault = await findService(given, env).catch((error: unknown) => error);
      expect(fault).toMatchObject({ status: 2, message });
      expect(inspect(fault)).not.toMatch(/se.?same|80.same/);
    }
  });

  test.for(['http://a:99999', 'ftp://a.example', 'http://', 'http://a.example/?q=1', 'file:///etc', 'http://a b'])(
    'refuses %s, which is no address of a service',
    async (server) => {
      await expect(findService({ server }, {})).rejects.toMatchObject({ status: 2 });
    },
  );

  test('takes an empty setting for none, and port 0 for the default', async () => {
    const env = { CARILLON_SERVER: '', CARILLON_TOKEN: '', PORT: '0', ADMIN_TOKEN: '', DATA_DIRECTORY: folder };
    expect(await findService({}, env)).toEqual({ server: 'http://127.0.0.1:3000', token: 'made-at-the-first-start' });
    expect((await findService({}, { ...env, PORT: '' })).server).toBe('http://127.0.0.1:3000');
  });

  test.for(['http://[::1]:3000', 'http://127.9.8.7', 'http://LOCALHOST', 'http://2130706433'])(
    'knows %s for this machine',
    async (server) => {
      expect((await findService({ server }, { ADMIN_TOKEN: 'set' })).token).toBe('set');
    },
  );
});
