import { describe, expect, it } from 'vitest';
import { RunController } from '../../../../../src/modules/foundation/application/run-controller.ts';

describe('RunController', () => {
  it('tells the signal that was asked for before, and the one that is asked for afterwards', () => {
    const early = new RunController();
    const { signal } = early;
    early.abort('enough');
    const late = new RunController();
    late.abort('enough');
    for (const { aborted, reason } of [signal, early.signal, late.signal])
      expect([aborted, reason]).toEqual([true, 'enough']);
    expect(early.signal).toBe(signal);
  });

  it('lets the first reason stand, and tells it once', () => {
    const controller = new RunController();
    const told: unknown[] = [];
    controller.listen((reason) => told.push(reason));
    controller.abort('first');
    controller.abort('second');
    expect([controller.aborted, controller.reason, controller.signal.reason]).toEqual([true, 'first', 'first']);
    expect(told).toEqual(['first']);
    expect(() => controller.throwIfAborted()).toThrow('first');
  });

  it('tells at once whoever listens too late, and nobody who has gone', () => {
    const controller = new RunController();
    const told: unknown[] = [];
    controller.listen((reason) => told.push(reason));
    controller.listen(null);
    controller.abort('enough');
    expect(told).toEqual([]);
    controller.listen((reason) => told.push(reason));
    expect(told).toEqual(['enough']);
  });

  it('throws nothing while nobody has told it to stop', () => {
    const controller = new RunController();
    expect(() => controller.throwIfAborted()).not.toThrow();
    expect([controller.aborted, controller.signal.aborted]).toEqual([false, false]);
  });

  it('stops a run whose function has frozen its signal, and throws at nobody who stops it', () => {
    const controller = new RunController();
    const told: unknown[] = [];
    controller.listen((reason) => told.push(reason));
    Object.freeze(controller.signal);
    expect(() => controller.abort('enough')).not.toThrow();
    expect(() => controller.signal).not.toThrow();
    expect([controller.aborted, told]).toEqual([true, ['enough']]);
  });
});
