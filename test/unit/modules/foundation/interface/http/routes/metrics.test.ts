import { describe, expect, test } from 'vitest';
import { inMemoryService } from '../../../../../../support/in-memory-service.ts';
import { readPrometheus } from '../../../../../../support/read-prometheus.ts';
import { contractClientOf } from '../contract-client.ts';

describe('GET /metrics', () => {
  test('is text of Prometheus, for a viewer', async () => {
    const service = inMemoryService();
    service.metrics.record({
      type: 'run.started',
      jobId: 'warm-cache',
      detail: { trigger: 'schedule', latenessMs: 3 },
    });
    const { status, headers, text } = await contractClientOf(service)('GET /metrics', { as: 'viewer' });
    expect([status, headers.get('content-type')]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8']);
    const names = readPrometheus(text).map(({ name }) => name);
    expect(names).toContain('carillon_runs_started_total');
    expect(names).toContain('carillon_active_runs');
    expect(text).not.toContain('warm-cache');
  });
});
