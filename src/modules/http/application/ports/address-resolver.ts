/** Names to addresses, as this machine resolves them. Rejects with the system's error, `code` and all (ENOTFOUND …). */
export interface ResolvedAddress {
  /** Canonical text of an IPv4 or IPv6 address. */
  readonly address: string;
  readonly family: 4 | 6;
}

export interface AddressResolver {
  resolve(hostname: string): Promise<readonly ResolvedAddress[]>;
}
