import { describe, expect, test } from 'vitest';
import { LiveEvents, type Watcher } from '../../../../../src/modules/foundation/application/live-events.ts';
import type { LiveEvent } from '../../../../../src/modules/foundation/domain/live-event.ts';
import { InMemoryLogger } from '../../../../support/in-memory-logger.ts';

const AT = '2026-01-02T12:00:00.000Z';

function event(id: string): LiveEvent {
  return { id, type: 'run.started', at: AT, jobId: 'a', executionId: null, data: {} };
}

function watcher() {
  const seen: string[] = [];
  const one: Watcher = {
    onEvent: ({ id }) => void seen.push(id),
    onGap: () => void seen.push('gap'),
    onMode: ({ mode }) => void seen.push(mode),
    onEnd: (reason) => void seen.push(`end: ${reason}`),
  };
  return { one, seen };
}

const live = (maxWatchers?: number) => new LiveEvents({ logger: new InMemoryLogger() }, maxWatchers);
const idsOf = (events: readonly LiveEvent[] | null) => events?.map(({ id }) => id) ?? null;

describe('LiveEvents', () => {
  test('tells every watcher until it stops', () => {
    const events = live();
    const [first, second] = [watcher(), watcher()];
    const watch = events.watch(first.one, null);
    events.watch(second.one, null);
    events.push(event('a-1'));
    watch.stop();
    events.push(event('a-2'));
    expect([first.seen, second.seen]).toEqual([['a-1'], ['a-1', 'a-2']]);
  });

  test('gives whoever comes back what it missed, on any replica that heard the same', () => {
    const [here, there] = [live(), live()];
    for (const replica of [here, there]) {
      replica.push(event('a-1'));
      replica.pushJobChange('job', AT);
      replica.pushJobChange('job', AT);
      replica.push(event('b-1'));
    }
    const { headId } = here.watch(watcher().one, null);
    expect(headId).toBe('b-1');
    expect(idsOf(there.watch(watcher().one, 'a-1').missed)).toEqual(['a-1~1', 'a-1~2', 'b-1']);
    expect(idsOf(there.watch(watcher().one, 'a-1~2').missed)).toEqual(['b-1']);
    expect(idsOf(there.watch(watcher().one, headId).missed)).toEqual([]);
  });

  test('goes on from the very beginning, and from no place that it does not know', () => {
    const events = live();
    const { headId } = events.watch(watcher().one, null);
    events.push(event('a-1'));
    expect(idsOf(events.watch(watcher().one, headId).missed)).toEqual(['a-1']);
    expect(events.watch(watcher().one, 'unheard-of').missed).toBeNull();
  });

  test('keeps a thousand events, and knows the place before the first of them', () => {
    const events = live();
    for (let number = 1; number <= 1_500; number += 1) events.push(event(`a-${number}`));
    expect(events.watch(watcher().one, 'a-500').missed).toHaveLength(1_000);
    expect(events.watch(watcher().one, 'a-499').missed).toBeNull();
  });

  test('after a gap nobody goes on from before it', () => {
    const events = live();
    const { one, seen } = watcher();
    events.watch(one, null);
    events.push(event('a-1'));
    events.gap();
    expect(seen).toEqual(['a-1', 'gap']);
    expect(events.watch(watcher().one, 'a-1').missed).toBeNull();
    events.pushJobChange('job', AT);
    expect(seen.at(-1)).not.toBe('a-1~1');
  });

  test('an event that is known already is told once', () => {
    const events = live();
    const { one, seen } = watcher();
    events.watch(one, null);
    events.push(event('a-1'));
    events.push(event('a-1'));
    expect(seen).toEqual(['a-1']);
  });

  test('has room for so many, and for none once it has ended', () => {
    const events = live(2);
    const [first, second] = [watcher(), watcher()];
    const watch = events.watch(first.one, null);
    events.watch(second.one, null);
    expect(() => events.watch(watcher().one, null)).toThrow(/2 streams are open/);
    watch.stop();
    events.watch(watcher().one, null);
    events.end('the service stops');
    expect([first.seen, second.seen]).toEqual([[], ['end: the service stops']]);
    expect(() => events.watch(watcher().one, null)).toThrow(/the service stops/);
    events.admit();
    events.watch(watcher().one, null);
  });

  test('a watcher that throws harms no other', () => {
    const events = live();
    const { one, seen } = watcher();
    events.watch({ ...one, onEvent: () => raise() }, null);
    events.watch(one, null);
    events.push(event('a-1'));
    expect(seen).toEqual(['a-1']);
  });
});

function raise(): never {
  throw new Error('planted');
}
