import { describe, expect, it } from 'vitest';
import { type BusEvent, EventBus } from '../../../../../src/modules/foundation/application/event-bus.ts';
import type { SchedulerEvent } from '../../../../../src/modules/foundation/domain/event.ts';
import { InMemoryLogger } from '../../../../support/in-memory-logger.ts';

const event: SchedulerEvent = { type: 'run.started', jobId: 'a' };

describe('EventBus', () => {
  it('tells every listener, in the order they came', () => {
    const bus = new EventBus(new InMemoryLogger());
    const heard: string[] = [];
    bus.subscribe(({ type }) => heard.push(`first ${type}`));
    bus.subscribe(({ type }) => heard.push(`second ${type}`));
    bus.emit(event);
    expect(heard).toEqual(['first run.started', 'second run.started']);
  });

  it('a listener that throws is logged, and the others hear it all the same', () => {
    const logger = new InMemoryLogger();
    const bus = new EventBus(logger);
    const heard: BusEvent[] = [];
    bus.subscribe(() => {
      throw new Error('deaf');
    });
    bus.subscribe((one) => heard.push(one));
    expect(() => bus.emit(event)).not.toThrow();
    expect(heard).toEqual([event]);
    expect(logger.lines).toMatchObject([{ level: 'error', properties: { event: 'run.started' } }]);
  });

  it('tells nobody who has stopped listening, also himself while he is told', () => {
    const bus = new EventBus(new InMemoryLogger());
    let heard = 0;
    const stop = bus.subscribe(() => {
      heard += 1;
      stop();
    });
    bus.emit(event);
    bus.emit(event);
    stop();
    expect(heard).toBe(1);
  });
});
