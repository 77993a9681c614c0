import { describe, expect, it } from 'vitest';
import type { BusEvent } from '../../../../../src/modules/foundation/application/event-bus.ts';
import { createEngine, newStore } from '../../../../support/engine.ts';

describe('OrphanRescuer', () => {
  it('names each run that was lost, in the log and on the bus, and never its own', async () => {
    const store = newStore();
    const [dead, alive] = [createEngine({ store }), createEngine({ store })];
    const events: BusEvent[] = [];
    alive.wired.bus.subscribe((event) => events.push(event));
    const at = new Date(store.now());
    const run = {
      scheduledAt: at,
      startedAt: at,
      attempt: 1,
      maxAttempts: 1,
      trigger: 'schedule',
      jobKwargs: {},
    } as const;
    await dead.wired.lease.renew();
    await alive.wired.executions.create({ ...run, id: 'theirs', jobId: 'a', instanceId: dead.wired.instance.id });
    await alive.wired.executions.create({ ...run, id: 'own', jobId: 'b', instanceId: alive.wired.instance.id });
    await alive.wired.rescuer.rescue();
    expect(events).toEqual([]);
    await store.time.advance(15_001);
    await alive.wired.rescuer.rescue();
    await alive.wired.rescuer.rescue();
    expect(events).toMatchObject([{ type: 'run.lost', jobId: 'a', executionId: 'theirs', scheduledAt: at }]);
    expect(alive.logger.lines).toMatchObject([{ level: 'warn', properties: { jobId: 'a', executionId: 'theirs' } }]);
    expect(store.executions.get('own')?.status).toBe('RUNNING');
  });
});
