/** What `maintenance.prune-history` asks of the pruner, and what it returns. */
import { toJsonSchema } from '@valibot/to-json-schema';
import type * as v from 'valibot';
import { beforeEach, describe, expect, test } from 'vitest';
import type { JobDefinition, JsonObject } from '../../../../../../src/modules/foundation/index.ts';
import { createJobRegistry } from '../../../../../../src/modules/maintenance/application/job-registry.ts';
import type {
  HistoryPruner,
  HistoryPruning,
} from '../../../../../../src/modules/maintenance/application/ports/history-pruner.ts';
import { createJobContext } from '../../../../../support/job-context.ts';
import { runJob } from '../../../../../support/run-job.ts';

const NOW = Date.UTC(2026, 1, 1);
const JOB = 'maintenance.prune-history';

class RecordingPruner implements HistoryPruner {
  readonly asked: HistoryPruning[] = [];

  async prune(options: HistoryPruning): Promise<{ deleted: number }> {
    this.asked.push(options);
    return { deleted: 42 };
  }
}

let pruner: RecordingPruner;
beforeEach(() => {
  pruner = new RecordingPruner();
});

function prune(kwargs: JsonObject, fixture = createJobContext(), retention?: number): Promise<unknown> {
  const service = retention === undefined ? {} : { defaultOlderThanMs: retention };
  return runJob(createJobRegistry({ pruner, now: () => NOW, ...service }), JOB, kwargs, fixture.context);
}

describe('maintenance.prune-history', () => {
  test('maintenance.prune-history deletes what is older than 30 days by default', async () => {
    const fixture = createJobContext();
    await expect(prune({}, fixture)).resolves.toEqual({
      deleted: 42,
      olderThan: '2026-01-02T00:00:00.000Z',
      keepLast: null,
    });
    const { signal } = fixture.context;
    expect(pruner.asked).toEqual([{ olderThan: new Date('2026-01-02T00:00:00.000Z'), keepLast: null, signal }]);
    expect(pruner.asked[0]?.signal).toBe(signal);
  });

  test("maintenance.prune-history takes the service's retention, unless the job names its own", async () => {
    const dayMs = 86_400_000;
    await expect(prune({}, createJobContext(), dayMs)).resolves.toMatchObject({
      olderThan: '2026-01-31T00:00:00.000Z',
    });
    await expect(prune({ olderThan: '2d' }, createJobContext(), dayMs)).resolves.toMatchObject({
      olderThan: '2026-01-30T00:00:00.000Z',
    });
  });

  test.each([
    [{ olderThan: '12h' }, '2026-01-31T12:00:00.000Z', null],
    [{ olderThan: 'P7D', keepLast: 100 }, '2026-01-25T00:00:00.000Z', 100],
    [{ keepLast: 5 }, '2026-01-02T00:00:00.000Z', 5],
    [{ olderThan: '0s', keepLast: 0 }, '2026-02-01T00:00:00.000Z', 0],
  ])('maintenance.prune-history understands %j', async (kwargs, olderThan, keepLast) => {
    await expect(prune(kwargs)).resolves.toEqual({ deleted: 42, olderThan, keepLast });
    expect(pruner.asked[0]).toMatchObject({ olderThan: new Date(olderThan), keepLast });
  });

  test.each([
    [{ olderThan: '1 month' }, /^kwargs: olderThan must be a duration such as '30d'/],
    [{ olderThan: 30 }, 'kwargs: olderThan must be a text'],
    [{ keepLast: -1 }, 'kwargs: keepLast must be at least 0'],
    [{ keepLast: 1.5 }, 'kwargs: keepLast must be a whole number'],
    [{ keepLast: '5' }, 'kwargs: keepLast must be a number'],
    [{ keepLast: 1e9 }, 'kwargs: keepLast must be at most 1000000'],
    [{ olderthan: '1d' }, /olderthan/],
  ])('maintenance.prune-history refuses %j and deletes nothing', async (kwargs, message) => {
    await expect(prune(kwargs)).rejects.toThrow(message);
    expect(pruner.asked).toEqual([]);
  });

  test('maintenance.prune-history logs one line', async () => {
    const fixture = createJobContext();
    await prune({}, fixture);
    expect(fixture.lines).toEqual([
      { level: 'info', message: 'History pruned.', properties: expect.objectContaining({ deleted: 42 }) },
    ]);
  });

  test('maintenance.prune-history fails as the pruner fails', async () => {
    pruner.prune = () => Promise.reject(new Error('the database is down'));
    await expect(prune({})).rejects.toThrow('the database is down');
  });

  test('maintenance.prune-history has kwargs that turn into JSON Schema without loss', () => {
    const { kwargs } = createJobRegistry({ pruner, now: () => NOW })[JOB] as JobDefinition;
    const schema = toJsonSchema(kwargs as v.GenericSchema, { errorMode: 'throw', typeMode: 'input' });
    expect(Object.keys(schema.properties ?? {})).toEqual(['olderThan', 'keepLast']);
  });
});
