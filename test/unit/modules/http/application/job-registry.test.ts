/** What the module registers. */
import { expect, test } from 'vitest';
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
