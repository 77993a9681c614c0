/**
 * Every way that we know of to write an address that a job must not reach: as a URL, as the target of a redirect, as a name
 * that resolves to it. Nothing is connected to.
 */
import { describe, expect, test } from 'vitest';
import { createJobRegistry } from '../../../../../../src/modules/http/application/job-registry.ts';
import type { HttpTransport } from '../../../../../../src/modules/http/application/ports/http-transport.ts';
import { PUBLIC_ADDRESS, ScriptedResolver } from '../../../../../support/egress.ts';
import { createJobContext } from '../../../../../support/job-context.ts';
import { runJob } from '../../../../../support/run-job.ts';

/** Answers the first exchange with a redirect, and counts all of them. */
class RedirectingTransport implements HttpTransport {
  readonly hosts: string[] = [];
  readonly #location: string | null;

  constructor(location: string | null = null) {
    this.#location = location;
  }

  async exchange({ url }: Parameters<HttpTransport['exchange']>[0]) {
    this.hosts.push(url.host);
    const location = this.hosts.length === 1 ? this.#location : null;
    return {
      status: location === null ? 200 : 302,
      location,
      read: async () => new Uint8Array(),
      discard: () => {},
    };
  }
}

interface Scene {
  readonly resolver?: ScriptedResolver | null;
  readonly transport?: RedirectingTransport;
}

/** Names resolve to a public address, so that only what is seen in the spelling is refused. */
function request(url: string, scene: Scene = {}): Promise<unknown> {
  const { resolver = new ScriptedResolver([PUBLIC_ADDRESS]), transport = new RedirectingTransport() } = scene;
  const registry = createJobRegistry({ allowPrivateAddresses: false, transport, resolver });
  return runJob(registry, 'http.request', { url }, createJobContext().context);
}

const HOSTS = [
  ['decimal', ['2130706433', '3232235777', '2852039166', '167772161', '0']],
  ['octal', ['0177.0.0.1', '017700000001', '0300.0250.0.1', '0251.0376.0251.0376', '000000177.0.0.01']],
  ['hexadecimal', ['0x7f000001', '0x7f.0x0.0x0.0x1', '0XA9FEA9FE', '0xa.1', '0xc0.0xa8.1']],
  ['mixed bases', ['0x7f.0.0.01', '127.0x1', '0251.254.0xa9fe', '10.0x0.01']],
  ['fewer parts', ['127.1', '127.0.1', '10.1', '192.168.257', '169.254.43518']],
  ['a dot at the end', ['127.0.0.1.', '2130706433.', 'localhost.', 'metadata.google.internal.']],
  [
    'dots at the end',
    ['localhost..', 'metadata.google.internal...', 'db.local..', '127.0.0.1..', '169.254.169.254...'],
  ],
  ['other digits', ['①②⑦.0.0.1', '１２７.０.０.１', '𝟏𝟐𝟕.𝟎.𝟎.𝟏', '⑯⑨.254.169.254', '²¹³⁰⁷⁰⁶⁴³³']],
  ['other dots', ['127。0。0。1', '127．0．0．1', '127｡0｡0｡1', 'metadata。google。internal']],
  ['escapes', ['%31%32%37.0.0.1', '127%2e0%2e0%2e1', '%6c%6f%63%61%6c%68%6f%73%74']],
  [
    'letters that are taken for others',
    ['ⓛⓞⓒⓐⓛⓗⓞⓢⓣ', 'LOCALHOST', 'ｌｏｃａｌｈｏｓｔ', 'local\u00adhost', 'ℒocalhost'],
  ],
  ['white space that is left out', ['127.0.\t0.1', 'local\nhost']],
  [
    'IPv4 in IPv6',
    ['[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[0:0:0:0:0:FFFF:A9FE:A9FE]', '[::127.0.0.1]', '[::ffff:0:7f00:1]'],
  ],
  ['NAT64', ['[64:ff9b::127.0.0.1]', '[64:ff9b::a9fe:a9fe]', '[64:ff9b:1::a00:1]']],
  ['6to4 and Teredo', ['[2002:7f00:1::]', '[2002:a9fe:a9fe::1]', '[2001:0:4136:e378:8000:63bf:80ff:fffe]']],
  [
    'IPv6 of this host or site',
    ['[::1]', '[::]', '[0:0::0:1]', '[fe80::1]', '[fc00::1]', '[fd12:3456::1]', '[fec0::1]', '[ff02::1]'],
  ],
  [
    'metadata services',
    [
      '169.254.169.254',
      '169.254.170.2',
      '[fd00:ec2::254]',
      '[fd20:ce::254]',
      '100.100.100.200',
      '168.63.129.16',
      'metadata.google.internal',
      'METADATA.GOOGLE.INTERNAL',
    ],
  ],
  ['names of this site', ['a.localhost', 'printer.local', 'host.docker.internal', 'router.home.arpa']],
  [
    'user information',
    [
      'example.com@127.0.0.1',
      'example.com:80@10.0.0.1',
      'a:b@[::1]',
      '127.0.0.1\\@example.com',
      '127.0.0.1#@example.com',
      '127.0.0.1?@example.com',
      '127.0.0.1/@example.com',
    ],
  ],
  ['ports', ['127.0.0.1:0', '127.0.0.1:22', '[::1]:5432', '10.0.0.1:65535', 'localhost:6379', '169.254.169.254:80']],
] as const;

/** No URL at all: not even asked for. */
const UNREADABLE = [
  '[fe80::1%25eth0]',
  '[fe80::1%eth0]',
  '[::1',
  '256.256.256.256',
  '127.0.0.1.0x',
  '0x7f.0.0.0x100',
  '127.0.0.1:99999',
  '[::ffff:999.0.0.1]',
  '127.0.0.1%00.example.com',
  'exa mple.com',
  '',
];

const SCHEMES = [
  'file:///etc/passwd',
  'ftp://example.com/',
  'gopher://127.0.0.1:6379/_INFO',
  'data:text/plain,a',
  'ws://example.com/',
  'javascript:alert(1)',
  'blob:http://example.com/a',
  'jar:http://example.com!/',
  'unix:/var/run/docker.sock',
  '//example.com/',
  '/admin/jobs',
];

const PRIVATE_ANSWERS = [
  '127.0.0.1',
  '10.0.0.1',
  '172.31.255.255',
  '192.168.1.1',
  '169.254.169.254',
  '100.64.0.1',
  '0.0.0.0',
  '::1',
  '::',
  '::ffff:127.0.0.1',
  '64:ff9b::7f00:1',
  '2002:7f00:1::',
  'fe80::1',
  'fe80::1%eth0',
  'fd00:ec2::254',
  'ff02::1',
  '',
  '0x7f.1',
];

const REFUSED = { code: 'HTTP_ADDRESS_REFUSED' };

describe.each(HOSTS)('http.request refuses an address by %s', (_name, hosts) => {
  test.each(hosts)('http://%s/, also at the end of a redirect, also without a resolver', async (host) => {
    const url = `http://${host}/`;
    const transport = new RedirectingTransport();
    await expect(request(url, { transport })).rejects.toThrow();
    await expect(request(url, { transport, resolver: null })).rejects.toThrow();
    expect(transport.hosts).toEqual([]);
    const redirecting = new RedirectingTransport(url);
    await expect(request('http://example.com/', { transport: redirecting })).rejects.toMatchObject(REFUSED);
    expect(redirecting.hosts).toEqual(['example.com']);
  });
});

describe('http.request', () => {
  test.each(UNREADABLE)(
    "http.request takes 'http://%s/' for no address, and follows no redirect there",
    async (host) => {
      const transport = new RedirectingTransport();
      await expect(request(`http://${host}/`, { transport })).rejects.toThrow();
      expect(transport.hosts).toEqual([]);
      const redirecting = new RedirectingTransport(`http://${host}/`);
      await expect(request('http://example.com/', { transport: redirecting })).rejects.toThrow();
      expect(redirecting.hosts).toEqual(['example.com']);
    },
  );

  test.each(SCHEMES)('http.request does not begin with %s', async (url) => {
    const transport = new RedirectingTransport();
    await expect(request(url, { transport })).rejects.toThrow();
    expect(transport.hosts).toEqual([]);
  });

  test.each(SCHEMES.slice(0, -2))('http.request follows no redirect to %s', async (location) => {
    const transport = new RedirectingTransport(location);
    await expect(request('http://example.com/', { transport })).rejects.toMatchObject({
      code: 'HTTP_REDIRECT_REFUSED',
    });
    expect(transport.hosts).toEqual(['example.com']);
  });

  test.each(PRIVATE_ANSWERS)("http.request refuses a name of which one address is '%s'", async (address) => {
    for (const answer of [[address], [PUBLIC_ADDRESS, address], [address, PUBLIC_ADDRESS]]) {
      const transport = new RedirectingTransport();
      const resolver = new ScriptedResolver(answer);
      await expect(request('http://outside.example/', { transport, resolver })).rejects.toMatchObject(REFUSED);
      expect(transport.hosts).toEqual([]);
    }
  });
});
