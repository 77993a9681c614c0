/** The corpus of addresses that a job must not reach, in every spelling that a URL or a resolver may give them. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isAddress, isSiteName, nonPublicRange } from '../../../../../src/modules/http/domain/address-policy.ts';

const REFUSED: Record<string, string[]> = {
  unspecified: ['0.0.0.0', '0.1.2.3', '::'],
  loopback: ['127.0.0.1', '127.255.255.254', '::1', '0:0:0:0:0:0:0:1'],
  private: ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
  uniqueLocal: ['fc00::1', 'fd00:ec2::254', 'fd20:ce::254'],
  linkLocal: ['169.254.169.254', '169.254.170.2', 'fe80::1', 'fe80::1%eth0'],
  carrierGradeNat: ['100.64.0.1', '100.100.100.200', '100.127.255.255'],
  multicast: ['224.0.0.1', '239.255.255.255', 'ff02::1'],
  broadcast: ['255.255.255.255'],
  metadata: ['168.63.129.16'],
  ipv4Mapped: ['::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:8.8.8.8'],
  rfc6052: ['64:ff9b::7f00:1', '64:ff9b::8.8.8.8', '64:ff9b:1::1'],
  rfc6145: ['::ffff:0:7f00:1'],
  '6to4': ['2002:7f00:1::', '2002:808:808::1'],
  teredo: ['2001:0:4136:e378:8000:63bf:3fff:fdd2'],
  reserved: ['192.0.2.1', '198.51.100.1', '203.0.113.1', '198.18.0.1', '240.0.0.1', '2001:db8::1', '3fff::1'],
  deprecatedSiteLocal: ['fec0::1'],
  discard: ['100::1'],
  segmentRouting: ['5f00::1'],
};
const NOT_ALLOCATED = ['::2', '::7f00:1', '1::1', '4000::1', '8000::1', 'e000::1'];
const NOT_CANONICAL = [
  '',
  'example.com',
  '127.1',
  '0x7f.0.0.1',
  '0177.0.0.1',
  '2130706433',
  '256.0.0.1',
  '[::1]',
  '1.2.3',
];
const PUBLIC = ['1.1.1.1', '8.8.8.8', '93.184.215.14', '172.15.255.255', '172.32.0.1', '2606:4700::1111', '2a00::1'];

describe('nonPublicRange()', () => {
  for (const [range, addresses] of Object.entries(REFUSED)) {
    test.each(addresses)(`nonPublicRange() names ${range} for %s`, (address) => {
      expect(nonPublicRange(address)).toBe(range);
    });
  }

  test.each(NOT_ALLOCATED)('nonPublicRange() refuses %s, which IANA has not allocated', (address) => {
    expect(nonPublicRange(address)).not.toBeNull();
  });

  test.each(NOT_CANONICAL)("nonPublicRange() takes '%s' for no address and refuses it", (text) => {
    expect(nonPublicRange(text)).toBe('unreadable');
  });

  test.each(PUBLIC)('nonPublicRange() lets %s through', (address) => {
    expect(nonPublicRange(address)).toBeNull();
  });

  test('nonPublicRange() refuses every IPv4 address that IPv6 carries inside', () => {
    const carriers = ['::ffff:', '::', '64:ff9b::', '::ffff:0:'];
    fc.assert(
      fc.property(fc.ipV4(), fc.constantFrom(...carriers), (address, carrier) => {
        expect(nonPublicRange(carrier + address)).not.toBeNull();
      }),
    );
  });

  test('nonPublicRange() refuses whole networks, not single addresses', () => {
    const octet = fc.integer({ min: 0, max: 255 });
    const networks = ['10', '127', '0', '224', '239', '240', '255'];
    fc.assert(
      fc.property(fc.constantFrom(...networks), octet, octet, octet, (network, ...rest) => {
        expect(nonPublicRange([network, ...rest].join('.'))).not.toBeNull();
      }),
    );
  });
});

describe('isAddress()', () => {
  const SPELLINGS = [
    'http://2130706433/',
    'http://017700000001/',
    'http://0x7f000001/',
    'http://0177.0.0.1/',
    'http://0x7f.1/',
    'http://127.1/',
    'http://127.0.0.1./',
    'http://①②⑦.0.0.1/',
    'http://127。0。0。1/',
    'http://%31%32%37.0.0.1/',
    'http://[::ffff:7f00:1]/',
    'http://[::FFFF:127.0.0.1]/',
    'http://[0:0:0:0:0:0:0:1]/',
    'http://[::]/',
    'http://0/',
  ];

  test.each(SPELLINGS)('isAddress() sees the address in %s, and it is not public', (spelling) => {
    const host = new URL(spelling).hostname.replace(/^\[|\]$/g, '');
    expect(isAddress(host)).toBe(true);
    expect(nonPublicRange(host)).not.toBeNull();
  });

  test.each(['example.com', 'localhost', '1.example', 'face'])('isAddress() takes %s for a name', (name) => {
    expect(isAddress(name)).toBe(false);
  });
});

describe('isSiteName()', () => {
  test.each([
    'localhost',
    'LOCALHOST',
    'localhost.',
    'a.localhost',
    'printer.local',
    'metadata.google.internal',
    'x.home.arpa',
  ])('isSiteName() knows %s', (name) => {
    expect(isSiteName(name)).toBe(true);
  });

  test.each(['example.com', 'notlocalhost', 'localhost.example.com', 'internal.example'])(
    'isSiteName() leaves %s to the resolver',
    (name) => {
      expect(isSiteName(name)).toBe(false);
    },
  );
});
