/**
 * Which addresses a job may reach: the public internet and nothing else. Owns the judgement of one address; invariant:
 * what is not known to be public is not public. The ranges are ipaddr.js's (the IANA special-purpose registries).
 */
import ipaddr from 'ipaddr.js';

/** The only block of IPv6 that IANA allocates to the internet (RFC 4291, 2.4); ipaddr.js calls more than that unicast. */
const ALLOCATED_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/** Azure's platform endpoint: serves credentials to the virtual machine it runs beside, from a public-looking address. */
const PLATFORM_ENDPOINTS: ReadonlySet<string> = new Set(['168.63.129.16']);

/** Names that mean this host or this site wherever they are asked (RFC 6761, 6762, 8375; ICANN 2024 for `internal`). */
const SITE_NAMES = ['localhost', 'local', 'internal', 'home.arpa'];

/**
 * Why an address is not public, in ipaddr.js's words (`private`, `loopback`, `ipv4Mapped` …), or null when it is.
 * Addresses that carry an IPv4 address inside (mapped, NAT64, 6to4, Teredo) are refused whatever they carry.
 * @param address in canonical text, as a resolver or a parsed URL gives it; any other spelling is `unreadable`
 */
export function nonPublicRange(address: string): string | null {
  if (PLATFORM_ENDPOINTS.has(address)) return 'metadata';
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) return unlessUnicast(ipaddr.IPv4.parse(address).range());
  if (!ipaddr.IPv6.isValid(address)) return 'unreadable';
  const parsed = ipaddr.IPv6.parse(address);
  return unlessUnicast(parsed.range()) ?? (parsed.match(ALLOCATED_IPV6) ? null : 'reserved');
}

/** Whether a URL's host is an address rather than a name. The URL parser has turned every IPv4 spelling into a.b.c.d. */
export function isAddress(host: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(host) || ipaddr.IPv6.isValid(host);
}

/** Whether a name is one that can only lead to this host or this site. */
export function isSiteName(host: string): boolean {
  const name = host.toLowerCase().replace(/\.$/, '');
  return SITE_NAMES.some((siteName) => name === siteName || name.endsWith(`.${siteName}`));
}

function unlessUnicast(range: string): string | null {
  return range === 'unicast' ? null : range;
}
