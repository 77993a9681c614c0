/** What the module registers. */
import { describe, expect, test } from 'vitest';
import type { JobDefinition } from '../../../../../src/modules/foundation/index.ts';
import { createJobRegistry } from '../../../../../src/modules/http/application/job-registry.ts';
import { LoopbackInternet } from '../../../../support/egress.ts';
import { createJobContext } from '../../../../support/job-context.ts';
import { runJob } from '../../../../support/run-job.ts';

const registry = createJobRegistry({ allowPrivateAddresses: false, transport: new LoopbackInternet(), resolver: null });

test('createJobRegistry() registers http.request with a schema and a description', () => {
  expect(Object.keys(registry)).toEqual(['http.request']);
  expect(registry['http.request']).toMatchObject({
    description: expect.stringContaining('HTTP request'),
    kwargs: { '~standard': { version: 1, vendor: 'valibot' } },
  });
});

test('createJobRegistry() gives http.request kwargs that are checked before it runs', async () => {
  const run = runJob(registry, 'http.request', { url: 'nonsense' }, createJobContext().context);
  await expect(run).rejects.toThrow('kwargs: url must be an absolute URL');
});

describe('http.request warns whoever saves a job that the egress guard will refuse', () => {
  const warningsOf = (url: string, allowPrivateAddresses = false) => {
    const egress = { allowPrivateAddresses, transport: new LoopbackInternet(), resolver: null };
    return (createJobRegistry(egress)['http.request'] as JobDefinition).warnings!({ url });
  };

  test.each([
    ['http://127.0.0.1:8080/hook', 'leads to 127.0.0.1 (loopback)'],
    ['http://0x7f.1/', 'leads to 127.0.0.1 (loopback)'],
    ['http://10.2.3.4/', 'leads to 10.2.3.4 (private)'],
    ['http://[::1]/', 'leads to ::1 (loopback)'],
    ['https://localhost./', 'is a name of this host or site'],
    ['https://billing.internal/run', 'is a name of this host or site'],
  ])('%s: it %s', (url, why) => {
    expect(warningsOf(url)).toEqual([
      expect.stringMatching(/^Each run fails before it sends anything: the host .*HTTP_ALLOW_PRIVATE_ADDRESSES=true/),
    ]);
    expect(warningsOf(url)[0]).toContain(why);
    expect(warningsOf(url, true)).toEqual([]);
  });

  test('a public address, and a name that only a resolver can tell of, pass', () => {
    expect([...warningsOf('https://1.1.1.1/'), ...warningsOf('https://example.org/?host=localhost')]).toEqual([]);
  });

  test('no secret of the address is told', () => {
    expect(warningsOf('http://user:hunter2@127.0.0.1/?token=s3cret').join()).not.toMatch(/hunter2|s3cret/);
  });
});
