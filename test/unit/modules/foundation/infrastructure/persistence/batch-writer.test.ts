/** BatchWriter over writes in the test's hands. */
import { describe, expect, it, vi } from 'vitest';
import { DatabaseBusyError, DatabaseUnavailableError } from '../../../../../../src/modules/foundation/domain/errors.ts';
import { BatchWriter } from '../../../../../../src/modules/foundation/infrastructure/persistence/batch-writer.ts';

function refuse(code: string): Error {
  return Object.assign(new Error(code), { code });
}

describe('BatchWriter', () => {
  it('gathers what is asked in one turn, and gives each its own result', async () => {
    const batches: number[][] = [];
    const writer = new BatchWriter<number, number>(async (items) => {
      batches.push([...items]);
      return items.map((item) => item * 2);
    });
    expect(await Promise.all([writer.add(1), writer.add(2), writer.add(3)])).toEqual([2, 4, 6]);
    expect(await writer.add(4)).toBe(8);
    expect(batches).toEqual([[1, 2, 3], [4]]);
  });

  it('gathers what is asked while a batch is under way into the next', async () => {
    const batches: number[][] = [];
    const first = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    const writer = new BatchWriter<number, number>(async (items) => {
      batches.push([...items]);
      started.resolve();
      if (batches.length === 1) await first.promise;
      return items;
    });
    const waiting = [writer.add(1)];
    await started.promise;
    waiting.push(writer.add(2), writer.add(3));
    first.resolve();
    await Promise.all(waiting);
    expect(batches).toEqual([[1], [2, 3]]);
  });

  it('has as many batches under way as it is allowed, and no more', async () => {
    const two = Promise.withResolvers<void>();
    const begun: number[] = [];
    let underWay = 0;
    let most = 0;
    const write = async (items: readonly number[]): Promise<readonly number[]> => {
      begun.push(items[0]!);
      most = Math.max(most, (underWay += 1));
      if (underWay === 2) two.resolve();
      await two.promise;
      underWay -= 1;
      return items;
    };
    const writer = new BatchWriter<number, number>(write, { capacity: 2, lanes: 2 });
    const written = await Promise.all(Array.from({ length: 8 }, (_, at) => writer.add(at)));
    expect([written, begun, most]).toEqual([[0, 1, 2, 3, 4, 5, 6, 7], [0, 2, 4, 6], 2]);
  });

  it('begins a full batch beside one that is under way, and less than that behind it', async () => {
    const { promise: letGo, resolve: release } = Promise.withResolvers<void>();
    const begun: (readonly number[])[] = [];
    const writer = new BatchWriter<number, number>(
      async (items) => {
        begun.push(items);
        await letGo;
        return items;
      },
      { capacity: 2, lanes: 2 },
    );
    const written = [writer.add(1)];
    await vi.waitFor(() => expect(begun).toEqual([[1]]));
    written.push(writer.add(2), writer.add(3), writer.add(4));
    await vi.waitFor(() => expect(begun).toEqual([[1], [2, 3]]));
    release();
    expect(await Promise.all(written)).toEqual([1, 2, 3, 4]);
    expect(begun).toEqual([[1], [2, 3], [4]]);
  });

  it('cuts a large backlog into batches of 500', async () => {
    const sizes: number[] = [];
    const writer = new BatchWriter<number, number>(async (items) => {
      sizes.push(items.length);
      return items;
    });
    await Promise.all(Array.from({ length: 1_200 }, (_, at) => writer.add(at)));
    expect(sizes).toEqual([500, 500, 200]);
  });

  it('a batch is full by the weight of its items, and an item that is too heavy goes alone', async () => {
    const batches: number[][] = [];
    const write = async (items: readonly number[]): Promise<readonly number[]> => {
      batches.push([...items]);
      return items;
    };
    const writer = new BatchWriter<number, number>(write, { capacity: 4, weigh: (weight) => weight });
    await Promise.all([1, 3, 2, 9, 1, 1, 2, 1].map((weight) => writer.add(weight)));
    expect(batches).toEqual([[1, 3], [2], [9], [1, 1, 2], [1]]);
  });

  it.each([
    { what: 'that the database refuses', error: refuse('22P05') },
    { what: 'whose row somebody holds', error: new DatabaseBusyError('held for 4 s') },
  ])('lets an item fail alone $what', async ({ error }) => {
    const writer = new BatchWriter<string, string>(async (items) => {
      if (items.includes('poison')) throw error;
      return items;
    });
    const results = await Promise.allSettled(['a', 'poison', 'b'].map((item) => writer.add(item)));
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('does not try one by one when the database is away', async () => {
    let writes = 0;
    const writer = new BatchWriter<number, number>(async () => {
      writes += 1;
      throw new DatabaseUnavailableError('away');
    });
    const results = await Promise.allSettled([1, 2, 3].map((item) => writer.add(item)));
    expect(results.every(({ status }) => status === 'rejected')).toBe(true);
    expect(writes).toBe(1);
  });

  it('goes on after a failure', async () => {
    let isAway = true;
    const writer = new BatchWriter<number, number>(async (items) => {
      if (isAway) throw new DatabaseUnavailableError('away');
      return items;
    });
    await expect(writer.add(1)).rejects.toThrow('away');
    isAway = false;
    expect(await writer.add(2)).toBe(2);
  });

  it('what shares a batch with one whose row is held goes on beside the batches, and so does what was held before', async () => {
    const { promise: letGo, resolve: release } = Promise.withResolvers<void>();
    const batches: string[][] = [];
    const writer = new BatchWriter<string, string>(async (items) => {
      batches.push([...items]);
      if (!items.some((item) => item.startsWith('held'))) return items;
      if (items.length > 1) throw new DatabaseBusyError('held for 4 s');
      await letGo;
      throw new DatabaseBusyError('held for 4 s');
    });
    const held = ['held-1', 'held-2', 'held-3', 'held-4', 'held-5'].map((item) => writer.add(item).catch(() => 'busy'));
    const [beside, fresh] = [writer.add('beside'), writer.add('held-6', true).catch(() => 'busy')];
    await vi.waitFor(() => expect(batches.length).toBeGreaterThan(4));
    expect(await writer.add('later')).toBe('later');
    release();
    expect(await Promise.all([...held, fresh])).toEqual(Array(6).fill('busy'));
    expect(await beside).toBe('beside');
    expect(batches[0]).toEqual(['held-6']);
    expect(batches[1]).toEqual(['held-1', 'held-2', 'held-3', 'held-4', 'held-5', 'beside']);
    expect(batches.slice(2).every((batch) => batch.length === 1)).toBe(true);
  });

  it('has four such single ones under way at once, though each is asked for by itself', async () => {
    const { promise: letGo, resolve: release } = Promise.withResolvers<void>();
    let [underWay, most] = [0, 0];
    const writer = new BatchWriter<number, number>(async (items) => {
      most = Math.max(most, (underWay += 1));
      await letGo;
      underWay -= 1;
      return items;
    });
    const answers = [1, 2, 3, 4, 5, 6].map((item) => writer.add(item, true));
    expect(underWay).toBe(4);
    release();
    expect([await Promise.all(answers), most]).toEqual([[1, 2, 3, 4, 5, 6], 4]);
  });
});
