/** What the module registers. */
import { expect, test } from 'vitest';
import { createJobRegistry } from '../../../../../src/modules/maintenance/application/job-registry.ts';

test('createJobRegistry() registers the maintenance jobs, each with a schema and a description', () => {
  const registry = createJobRegistry({ pruner: { prune: () => Promise.resolve({ deleted: 0 }) }, now: () => 0 });
  expect(Object.keys(registry)).toEqual(['maintenance.heartbeat', 'maintenance.prune-history']);
  for (const entry of Object.values(registry)) {
    expect(entry).toMatchObject({ description: expect.any(String), kwargs: { '~standard': { vendor: 'valibot' } } });
  }
});
