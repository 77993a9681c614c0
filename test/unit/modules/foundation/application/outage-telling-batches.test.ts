/** OutageTelling alone, over a database that refuses, locks and goes away in the middle. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OutageTelling } from '../../../../../src/modules/foundation/application/outage-telling.ts';
import type { OutageSettlement } from '../../../../../src/modules/foundation/application/ports/outage-settlements.ts';
import { DatabaseUnavailableError } from '../../../../../src/modules/foundation/domain/errors.ts';
import type { SchedulerEvent } from '../../../../../src/modules/foundation/domain/event.ts';
import type { Run } from '../../../../../src/modules/foundation/domain/run.ts';
import { jobConfig } from '../../../../support/in-memory-job-configs.ts';
import { InMemoryLogger } from '../../../../support/in-memory-logger.ts';

const AT = Date.parse('2026-01-02T12:00:00Z');
const AWAY = new DatabaseUnavailableError('away');

function outageOf(jobId: string, ended: number): OutageSettlement {
  const run = (second: number): Run => ({
    ...{ id: `${jobId}-${second}`, jobId, scheduledAt: new Date(AT + second * 1_000), startedAt: new Date(AT) },
    ...{ attempt: 1, maxAttempts: 1, trigger: 'schedule', jobKwargs: {}, instanceId: 'here' },
  });
  const runs = Array.from({ length: ended }, (_, second) => run(second));
  return {
    ...{ config: jobConfig(jobId), firstDueAt: new Date(AT), nextFireAt: new Date(AT + 3_600_000) },
    ...{ ended: runs, active: [], waiting: [], events: [] },
  };
}

const idsOf = (batch: readonly OutageSettlement[]) => batch.map(({ config }) => config.jobId);
const isBare = ({ events }: OutageSettlement) => events.some(({ type }) => type === 'run.unrecorded');

/** @param settle throws, or names the jobs whose cursor is locked */
function telling(settle: (batch: readonly OutageSettlement[]) => readonly string[] = () => []) {
  const calls: string[][] = [];
  const journal: string[] = [];
  const appended: SchedulerEvent[] = [];
  const logger = new InMemoryLogger();
  const ledger = {
    append: async (events: readonly SchedulerEvent[]) => void appended.push(...events),
    getRecent: async () => [],
  };
  const settlements = {
    settle: async (_instanceId: string, batch: readonly OutageSettlement[]) => {
      calls.push(idsOf(batch));
      return new Set(settle(batch));
    },
  };
  const it = new OutageTelling({ lease: { instanceId: 'here' }, ledger, settlements, logger });
  const tell = (all: readonly OutageSettlement[]) =>
    it.tell(all, {
      sending: (jobId) => void journal.push(`sending ${jobId}`),
      told: async (batch, unsettled) =>
        void journal.push(`told ${idsOf(batch).join(' ')} but ${[...unsettled].join(' ')}`),
    });
  return { tell, calls, journal, appended, logger, ledger };
}

describe('OutageTelling.tell()', () => {
  it('puts all of a job into one batch, and no more than 500 records with others of it', async () => {
    const { tell, calls } = telling();
    await tell([outageOf('a', 300), outageOf('b', 198), outageOf('c', 1), outageOf('d', 900), outageOf('e', 0)]);
    expect(calls).toEqual([['a', 'b'], ['c'], ['d'], ['e']]);
  });

  it('counts what waits and what is to be given back as well, and what waits of a job in masses goes alone', async () => {
    const { tell, calls } = telling();
    const waiting = (jobId: string, count: number): OutageSettlement => {
      const outage = outageOf(jobId, count);
      return { ...outage, ended: [], waiting: outage.ended.map((run) => ({ ...run, trigger: 'schedule' })) };
    };
    const unstarted = (jobId: string, count: number): OutageSettlement => {
      const outage = outageOf(jobId, count);
      const { config } = outage;
      const ahead = outage.ended.map((run) => ({ config, run, nextFireAt: null, renewals: 0 }));
      return { ...outage, ended: [], unstarted: ahead };
    };
    await tell([waiting('a', 300), waiting('b', 198), waiting('c', 1), waiting('d', 1_000), waiting('e', 0)]);
    expect(calls).toEqual([['a', 'b'], ['c'], ['d'], ['e']]);
    calls.length = 0;
    await tell([unstarted('a', 300), waiting('b', 198), unstarted('c', 1)]);
    expect(calls).toEqual([['a', 'b'], ['c']]);
  });

  it('asks nothing where there is nothing to tell', async () => {
    const { tell, calls } = telling();
    await tell([]);
    expect(calls).toEqual([]);
  });

  it('says of each batch that it is being sent before, and what is locked of it afterwards', async () => {
    const { tell, journal } = telling((batch) => idsOf(batch).filter((jobId) => jobId === 'b'));
    await tell([outageOf('a', 250), outageOf('b', 240), outageOf('c', 250)]);
    expect(journal).toEqual(['sending a', 'sending b', 'told a b but b', 'sending c', 'told c but ']);
  });

  it('sends nothing more once the database is away, and what was told stays told', async () => {
    const { tell, journal } = telling((batch) => (idsOf(batch).includes('b') ? raise(AWAY) : []));
    await expect(tell([outageOf('a', 500), outageOf('b', 500), outageOf('c', 500)])).rejects.toBe(AWAY);
    expect(journal).toEqual(['sending a', 'told a but ', 'sending b']);
  });

  it('is away as well where the database goes away while what it refuses is being looked for', async () => {
    const { tell, journal, appended } = telling((batch) =>
      batch.length > 1 ? raise(new Error('refused')) : raise(AWAY),
    );
    await expect(tell([outageOf('a', 1), outageOf('b', 1)])).rejects.toBe(AWAY);
    expect([journal, appended]).toEqual([['sending a', 'sending b'], []]);
  });

  it('is away as well where the database goes away while what it refused is told without its contents', async () => {
    const { tell, journal, appended, logger } = telling((batch) =>
      batch.some(isBare) ? raise(AWAY) : raise(new Error('refused')),
    );
    await expect(tell([outageOf('a', 1)])).rejects.toBe(AWAY);
    expect([journal, appended, logger.lines]).toEqual([['sending a'], [], []]);
  });

  it('what is refused even without its contents is named in the ledger, told again later, and in nobody’s way', async () => {
    const { tell, journal, appended, logger } = telling((batch) =>
      idsOf(batch).includes('b') ? raise(new Error('no')) : [],
    );
    await tell([outageOf('a', 2), outageOf('b', 3), outageOf('c', 2)]);
    expect(journal.at(-1)).toBe('told a b c but b');
    expect(appended).toMatchObject([
      { jobId: 'b', type: 'run.unrecorded', detail: { count: 3, to: new Date(AT + 2_000).toISOString() } },
    ]);
    expect(logger.lines.map(({ properties }) => properties['jobId'])).toEqual(['b']);
  });

  it('a ledger that refuses too holds up no other, and one that is away ends the telling', async () => {
    const refusing = telling((batch) => (idsOf(batch).includes('a') ? raise(new Error('no')) : []));
    refusing.ledger.append = async () => raise(new Error('full'));
    await refusing.tell([outageOf('a', 1), outageOf('b', 1)]);
    expect(refusing.journal.at(-1)).toBe('told a b but a');
    expect(refusing.logger.lines.map(({ properties }) => properties['reason'])).toEqual(['no', 'full']);
    refusing.ledger.append = async () => raise(AWAY);
    await expect(refusing.tell([outageOf('a', 1)])).rejects.toBe(AWAY);
  });

  it('tells every job whole, but for those that the database refuses, and these barely, whichever they are', async () => {
    const jobIds = Array.from({ length: 12 }, (_, at) => `job-${at}`);
    await fc.assert(
      fc.asyncProperty(fc.subarray(jobIds), fc.subarray(jobIds), async (refused, locked) => {
        const told = new Map<string, string>();
        const { tell, journal } = telling((batch) => {
          if (batch.some((each) => !isBare(each) && refused.includes(each.config.jobId))) raise(new Error('refused'));
          for (const each of batch) told.set(each.config.jobId, isBare(each) ? 'barely' : 'whole');
          return idsOf(batch).filter((jobId) => locked.includes(jobId));
        });
        await tell(jobIds.map((jobId) => outageOf(jobId, 1)));
        expect(jobIds.map((jobId) => told.get(jobId))).toEqual(
          jobIds.map((jobId) => (refused.includes(jobId) ? 'barely' : 'whole')),
        );
        expect(journal.at(-1)).toBe(
          `told ${jobIds.join(' ')} but ${jobIds.filter((id) => locked.includes(id)).join(' ')}`,
        );
      }),
      { numRuns: 50 },
    );
  });
});

function raise(error: Error): never {
  throw error;
}
