/** What every run of a herd asks goes in batches; over a database that only counts. */
import { describe, expect, it } from 'vitest';
import type { Database } from '../../../../../../src/modules/foundation/infrastructure/persistence/database.ts';
import { resolveOn } from '../../../../../support/database-foundation.ts';

function setUp(rows: readonly Record<string, unknown>[]) {
  let statements = 0;
  const database = {
    rows: async () => {
      statements += 1;
      return rows;
    },
  };
  return { log: resolveOn(database as unknown as Database, 'executions'), count: () => statements };
}

describe('SchedulerExecutionLogRepository', () => {
  it('lastSuccessAt() of a herd is one statement, and each job gets its own answer', async () => {
    const { log, count } = setUp([{ job_id: 'job-7', last_success_at: '2026-01-02 12:00:00.5+00' }]);
    const asked = Array.from({ length: 1_500 }, (_, at) => log.lastSuccessAt(`job-${at}`));
    const answers = await Promise.all(asked);
    expect(count()).toBe(1);
    expect(answers[7]).toEqual(new Date('2026-01-02T12:00:00.500Z'));
    expect(answers.filter((answer) => answer !== null)).toHaveLength(1);
  });

  it('lastSuccessAt() asked twice at once of one job answers both', async () => {
    const { log } = setUp([{ job_id: 'a', last_success_at: '2026-01-02 12:00:00+00' }]);
    const [first, second] = await Promise.all([log.lastSuccessAt('a'), log.lastSuccessAt('a')]);
    expect(first).toEqual(second);
    expect(first).not.toBeNull();
  });
});
