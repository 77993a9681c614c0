import { describe, expect, it } from 'vitest';
import { Lifespan, type LifespanStep } from '../../../src/main/lifespan.ts';
import { InMemoryLogger } from '../../support/in-memory-logger.ts';
import { settle } from '../../support/manual-time.ts';

function setUp(steps: (told: string[]) => LifespanStep[]) {
  const told: string[] = [];
  const logger = new InMemoryLogger();
  return { told, logger, lifespan: new Lifespan(steps(told), logger) };
}

function step(told: string[], name: string, over: Partial<LifespanStep> = {}): LifespanStep {
  return { name, start: () => void told.push(`start ${name}`), stop: () => void told.push(`stop ${name}`), ...over };
}

const three =
  (over: Partial<Record<string, Partial<LifespanStep>>> = {}) =>
  (told: string[]) =>
    ['a', 'b', 'c'].map((name) => step(told, name, over[name]));

describe('Lifespan', () => {
  it('starts in order, and stops in reverse', async () => {
    const { told, lifespan } = setUp(three());
    await lifespan.start();
    await lifespan.stop();
    expect(told).toEqual(['start a', 'start b', 'start c', 'stop c', 'stop b', 'stop a']);
  });

  it('waits for each start before the next, and needs neither start nor stop', async () => {
    const gate = Promise.withResolvers<void>();
    const { told, lifespan } = setUp((list) => [
      { name: 'none' },
      step(list, 'a', { start: () => gate.promise }),
      step(list, 'b'),
    ]);
    const started = lifespan.start();
    await settle();
    expect(told).toEqual([]);
    gate.resolve();
    await started;
    await lifespan.stop();
    expect(told).toEqual(['start b', 'stop b', 'stop a']);
  });

  for (const [how, start] of Object.entries({
    throws: () => raise(new Error('no port')),
    rejects: () => Promise.reject(new Error('no port')),
  })) {
    it(`a start that ${how} stops what was started, itself included, and is thrown`, async () => {
      const { told, lifespan } = setUp(three({ b: { start } }));
      await expect(lifespan.start()).rejects.toThrow('no port');
      expect(told).toEqual(['start a', 'stop b', 'stop a']);
      await lifespan.stop();
      expect(told).toHaveLength(3);
    });
  }

  it('one that cannot be stopped is named, and the others are stopped', async () => {
    const { told, lifespan, logger } = setUp(
      three({ b: { stop: () => raise(new Error('stuck')) }, c: { stop: () => Promise.reject('text') } }),
    );
    await lifespan.start();
    await lifespan.stop();
    expect(told.slice(3)).toEqual(['stop a']);
    expect(logger.lines).toMatchObject([
      { level: 'error', message: expect.stringContaining("'c'"), properties: { reason: 'text' } },
      { level: 'error', message: expect.stringContaining("'b'"), properties: { reason: 'stuck' } },
    ]);
  });

  it('one that does not stop in time is left behind, also where it fails later', async () => {
    const late = Promise.withResolvers<void>();
    const { told, lifespan, logger } = setUp(three({ b: { stop: () => late.promise, stopWithinMs: 1 } }));
    await lifespan.start();
    await lifespan.stop();
    expect(told.slice(3)).toEqual(['stop c', 'stop a']);
    expect(logger.lines).toMatchObject([{ properties: { reason: expect.stringContaining('longer than 1 ms') } }]);
    late.reject(new Error('too late'));
    await settle();
  });

  it('stop() twice stops once, also at the same time', async () => {
    const { told, lifespan } = setUp(three());
    await lifespan.start();
    await Promise.all([lifespan.stop(), lifespan.stop()]);
    await lifespan.stop();
    expect(told.filter((line) => line.startsWith('stop'))).toHaveLength(3);
  });

  it('stop() before start() does nothing, and what is started afterwards is stopped', async () => {
    const { told, lifespan } = setUp(three());
    await lifespan.stop();
    await lifespan.start();
    await lifespan.stop();
    expect(told).toHaveLength(6);
  });

  it('start() twice starts once', async () => {
    const { told, lifespan } = setUp(three());
    await Promise.all([lifespan.start(), lifespan.start()]);
    await lifespan.start();
    expect(told).toEqual(['start a', 'start b', 'start c']);
  });

  it('stop() during start(): the step under way is waited for and stopped, none after it is started', async () => {
    const gate = Promise.withResolvers<void>();
    const { told, lifespan } = setUp((list) =>
      three({ b: { start: () => gate.promise.then(() => void list.push('start b')) } })(list),
    );
    const started = lifespan.start();
    await settle();
    const stopped = lifespan.stop();
    gate.resolve();
    await Promise.all([started, stopped]);
    expect(told).toEqual(['start a', 'start b', 'stop b', 'stop a']);
  });

  it('may be started again after it was stopped', async () => {
    const { told, lifespan } = setUp(three());
    await lifespan.start();
    const stopped = lifespan.stop();
    await lifespan.start();
    await stopped;
    await lifespan.stop();
    expect(told).toHaveLength(12);
  });

  it('hurry() leaves behind what does not stop, also the step under way, and still tells each to stop', async () => {
    const never = (): Promise<void> => new Promise(() => {});
    const { told, lifespan, logger } = setUp(three({ c: { stop: never }, b: { stop: never } }));
    await lifespan.start();
    const stopped = lifespan.stop();
    await settle();
    lifespan.hurry(0);
    await stopped;
    expect(told.at(-1)).toBe('stop a');
    expect(logger.lines.map(({ message }) => message.split(' ')[0])).toEqual(["'c'", "'b'"]);
  });

  it('hurry() before a stop holds for it, and not for the next one', async () => {
    const gate = Promise.withResolvers<void>();
    const { lifespan, logger } = setUp(three({ b: { stop: () => gate.promise } }));
    await lifespan.start();
    lifespan.hurry(0);
    await lifespan.stop();
    expect(logger.lines).toHaveLength(1);
    await lifespan.start();
    const stopped = lifespan.stop();
    await settle();
    gate.resolve();
    await stopped;
    expect(logger.lines).toHaveLength(1);
  });
});

function raise(error: unknown): never {
  throw error;
}
