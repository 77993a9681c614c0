/** The machine's own resolver, asked for the two names that every machine answers alike. */
import { expect, test } from 'vitest';
import { SystemAddressResolver } from '../../../../../src/modules/http/infrastructure/system-address-resolver.ts';

const resolver = new SystemAddressResolver();

test('SystemAddressResolver.resolve() gives every address of a name with its family', async () => {
  const addresses = await resolver.resolve('localhost');
  expect(addresses.length).toBeGreaterThan(0);
  for (const { address, family } of addresses) {
    expect(['127.0.0.1', '::1']).toContain(address);
    expect(family).toBe(address === '::1' ? 6 : 4);
  }
});

test('SystemAddressResolver.resolve() rejects with a code for a name that does not exist', async () => {
  await expect(resolver.resolve('no-such-host.invalid')).rejects.toMatchObject({
    code: expect.stringMatching(/^(ENOTFOUND|EAI_AGAIN)$/),
  });
});
