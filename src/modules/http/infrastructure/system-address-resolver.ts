/** Resolves as the machine does, hosts file and search domains included (getaddrinfo). */
import { lookup } from 'node:dns/promises';
import type { AddressResolver, ResolvedAddress } from '../application/ports/address-resolver.ts';

export class SystemAddressResolver implements AddressResolver {
  async resolve(hostname: string): Promise<readonly ResolvedAddress[]> {
    const answers = await lookup(hostname, { all: true, order: 'verbatim' });
    return answers.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
  }
}
