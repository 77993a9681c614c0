/**
 * Admits the target of one hop, or refuses it. Owns the check that keeps jobs out of the private network; invariant:
 * the addresses that it returns were all checked, and they are the only ones that the hop may connect to.
 */
import { isAddress, isSiteName, nonPublicRange } from '../domain/address-policy.ts';
import { describeCause, HttpRequestError } from '../domain/http-request-error.ts';
import { abortable } from './abortable.ts';
import type { AddressResolver, ResolvedAddress } from './ports/address-resolver.ts';

export interface TargetPolicy {
  /** HTTP_ALLOW_PRIVATE_ADDRESSES: any address may be reached, metadata services too. */
  readonly allowPrivateAddresses: boolean;
  /** null where the runtime cannot resolve: then literal addresses and site names are refused, and no more is known. */
  readonly resolver: AddressResolver | null;
}

export interface Target {
  readonly url: URL;
  /** How messages call the request. */
  readonly label: string;
}

/** Why a target is refused whatever a resolver says; null: it is not, or only a resolver can tell. */
export function refusedLiterally(url: URL, policy: Pick<TargetPolicy, 'allowPrivateAddresses'>): string | null {
  if (policy.allowPrivateAddresses) return null;
  const host = hostOf(url);
  if (!isAddress(host)) return isSiteName(host) ? 'is a name of this host or site' : null;
  const range = nonPublicRange(host);
  return range === null ? null : notPublic(host, range);
}

/** Which setting would admit what was refused. */
export const ALLOWING = 'HTTP_ALLOW_PRIVATE_ADDRESSES=true would allow it, for all jobs.';

/**
 * The addresses to connect to, or null where names cannot be resolved.
 * @throws HttpRequestError HTTP_ADDRESS_REFUSED, HTTP_DNS_FAILED; the signal's reason once it aborts
 */
export async function admitTarget(
  target: Target,
  policy: TargetPolicy,
  signal: AbortSignal,
): Promise<readonly ResolvedAddress[] | null> {
  const why = refusedLiterally(target.url, policy);
  if (why !== null) throw refusal(target, why);
  const host = hostOf(target.url);
  if (isAddress(host)) return [{ address: host, family: host.includes(':') ? 6 : 4 }];
  if (policy.resolver === null) return null;
  const addresses = await abortable(lookUp(nameOf(target.url), target, policy.resolver), signal);
  return addresses.map((address) => admitted(address, target, policy));
}

function nameOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

/** One dot at the end makes a name absolute; more of them would hide what it is. */
function hostOf(url: URL): string {
  return nameOf(url).replace(/\.+$/, '');
}

async function lookUp(host: string, target: Target, resolver: AddressResolver): Promise<readonly ResolvedAddress[]> {
  const failed = (why: string, options?: ErrorOptions): HttpRequestError =>
    new HttpRequestError('HTTP_DNS_FAILED', `${target.label} failed: ${host} could not be resolved: ${why}.`, options);
  const addresses = await resolver.resolve(host).catch((cause: unknown) => {
    throw failed(describeCause(cause), { cause });
  });
  if (addresses.length === 0) throw failed('it has no address');
  return addresses;
}

function admitted(address: ResolvedAddress, target: Target, policy: TargetPolicy): ResolvedAddress {
  const range = policy.allowPrivateAddresses ? null : nonPublicRange(address.address);
  if (range !== null) throw refusal(target, notPublic(address.address, range));
  return address;
}

function notPublic(address: string, range: string): string {
  return `leads to ${address} (${range}), which is not a public address`;
}

function refusal(target: Target, why: string): HttpRequestError {
  return new HttpRequestError('HTTP_ADDRESS_REFUSED', `${target.label} was refused: the host ${why}. ${ALLOWING}`);
}
