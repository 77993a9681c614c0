/** Where an instance lives for one invocation, there is nothing to scrape: what it counted would be gone. */
import type { Metrics } from '../../application/ports/metrics.ts';

const TEXT = '# No metrics: each invocation is an instance of its own. GET /admin/scheduler tells of all of them.\n';

export class UncountedMetrics implements Metrics {
  record(): void {}

  async render(): Promise<string> {
    return TEXT;
  }
}
