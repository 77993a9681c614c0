/** Which targets are admitted, by literal and by name, with and without a resolver. */
import { describe, expect, test } from 'vitest';
import { admitTarget, type TargetPolicy } from '../../../../../src/modules/http/application/target-guard.ts';
import { PUBLIC_ADDRESS, ScriptedResolver } from '../../../../support/egress.ts';

const open = new AbortController().signal;

function admit(url: string, policy: Partial<TargetPolicy> = {}, signal = open): ReturnType<typeof admitTarget> {
  const whole = { allowPrivateAddresses: false, resolver: new ScriptedResolver([PUBLIC_ADDRESS]), ...policy };
  return admitTarget({ url: new URL(url), label: 'GET it' }, whole, signal);
}

describe('admitTarget()', () => {
  test.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.0.0.1/',
    'http://0177.1/',
    'http://[::1]/',
    'http://[::ffff:7f00:1]/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://169.254.169.254/latest/meta-data/',
    'http://100.100.100.200/',
    'http://0.0.0.0/',
    'http://10.0.0.1:5432/',
    'http://168.63.129.16/',
  ])('admitTarget() refuses %s without asking a resolver', async (url) => {
    const resolver = new ScriptedResolver([PUBLIC_ADDRESS]);
    await expect(admit(url, { resolver })).rejects.toMatchObject({ code: 'HTTP_ADDRESS_REFUSED' });
    expect(resolver.asked).toEqual([]);
  });

  test.each(['http://localhost/', 'http://LOCALHOST./', 'http://metadata.google.internal/', 'http://db.local/'])(
    'admitTarget() refuses %s, whatever it resolves to',
    async (url) => {
      await expect(admit(url)).rejects.toMatchObject({ code: 'HTTP_ADDRESS_REFUSED' });
      await expect(admit(url, { resolver: null })).rejects.toMatchObject({ code: 'HTTP_ADDRESS_REFUSED' });
    },
  );

  test('admitTarget() returns what was checked, in the order of the resolver', async () => {
    const resolver = new ScriptedResolver(['2606:4700::1111', PUBLIC_ADDRESS]);
    await expect(admit('http://example.com/', { resolver })).resolves.toEqual([
      { address: '2606:4700::1111', family: 6 },
      { address: PUBLIC_ADDRESS, family: 4 },
    ]);
    expect(resolver.asked).toEqual(['example.com']);
  });

  test.each([
    ['http://8.8.8.8/', { address: '8.8.8.8', family: 4 }],
    ['http://[2606:4700::1111]/', { address: '2606:4700::1111', family: 6 }],
  ])('admitTarget() admits the public literal %s', async (url, address) => {
    await expect(admit(url)).resolves.toEqual([address]);
  });

  test.each([
    [['10.0.0.1']],
    [[PUBLIC_ADDRESS, '127.0.0.1']],
    [['::ffff:127.0.0.1']],
    [['fe80::1%eth0']],
    [['nonsense']],
  ])('admitTarget() refuses a name that resolves to %j: every address must be public', async (addresses) => {
    const rejected = expect(admit('http://example.com/', { resolver: new ScriptedResolver(addresses) })).rejects;
    await rejected.toMatchObject({
      code: 'HTTP_ADDRESS_REFUSED',
      message: expect.stringMatching(
        /^GET it was refused: .* not a public address\. HTTP_ALLOW_PRIVATE_ADDRESSES=true/,
      ),
    });
  });

  test('admitTarget() admits everything when private addresses are allowed', async () => {
    const policy = { allowPrivateAddresses: true, resolver: new ScriptedResolver(['127.0.0.1']) };
    await expect(admit('http://localhost/', policy)).resolves.toEqual([{ address: '127.0.0.1', family: 4 }]);
    await expect(admit('http://[::1]/', policy)).resolves.toEqual([{ address: '::1', family: 6 }]);
  });

  test('admitTarget() has no addresses for a name where the runtime has no resolver', async () => {
    await expect(admit('http://example.com/', { resolver: null })).resolves.toBeNull();
    await expect(admit('http://127.0.0.1/', { resolver: null })).rejects.toThrow('loopback');
  });
});

describe('admitTarget() when the name cannot be resolved', () => {
  test('admitTarget() says which name and why', async () => {
    const missing = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
    const resolver = { resolve: () => Promise.reject(missing) };
    await expect(admit('http://nowhere.example/', { resolver })).rejects.toMatchObject({
      code: 'HTTP_DNS_FAILED',
      message: 'GET it failed: nowhere.example could not be resolved: the name does not exist (ENOTFOUND).',
      cause: missing,
    });
  });

  test('admitTarget() fails on an empty answer', async () => {
    await expect(admit('http://example.com/', { resolver: new ScriptedResolver([]) })).rejects.toMatchObject({
      code: 'HTTP_DNS_FAILED',
      message: expect.stringContaining('it has no address'),
    });
  });

  test('admitTarget() stops waiting for a resolver that hangs when the signal aborts', async () => {
    const abort = new AbortController();
    const resolver = { resolve: () => new Promise<never>(() => {}) };
    const waiting = admit('http://example.com/', { resolver }, abort.signal);
    abort.abort(new Error('stopped'));
    await expect(waiting).rejects.toThrow('stopped');
  });
});
