import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OpenRunOutput } from '../../../../../src/modules/foundation/application/open-run-output.ts';
import { EventBus } from '../../../../../src/modules/foundation/application/event-bus.ts';
import type { RunOutput } from '../../../../../src/modules/foundation/application/ports/run-outputs.ts';
import { RunOutputWriter } from '../../../../../src/modules/foundation/application/run-output-writer.ts';
import { DatabaseUnavailableError } from '../../../../../src/modules/foundation/domain/errors.ts';
import { InMemoryLogger } from '../../../../support/in-memory-logger.ts';
import { ManualTime, settle } from '../../../../support/manual-time.ts';

const AT = new Date('2026-01-02T12:00:00Z');
const RUN = { id: 'run-1', jobId: 'a', instanceId: 'here' };
const AMPLE = 1_000_000;

const say = (message: string) => () => ({ at: AT, level: 'info' as const, message, properties: {} });
const messagesOf = ({ lines }: RunOutput) => lines.map(({ line, message }) => `${line} ${message}`);

describe('OpenRunOutput', () => {
  it('what is put back comes before what was said meanwhile, and the newer progress stands', () => {
    const output = new OpenRunOutput(RUN);
    output.add(say('one'), AMPLE);
    output.setProgress({ fraction: 0.1 });
    const first = output.take();
    expect(output.isPending).toBe(false);
    output.add(say('two'), AMPLE);
    output.putBack(first);
    const both = output.take();
    expect([messagesOf(both), both.progress]).toEqual([['1 one', '2 two'], { fraction: 0.1 }]);
    output.setProgress({ fraction: 0.2 });
    output.putBack(first);
    const taken = output.take();
    expect([messagesOf(taken), taken.progress]).toEqual([['1 one'], { fraction: 0.2 }]);
  });

  it('numbers its lines without a gap, and gives back the memory that it took, whatever becomes of them', () => {
    const deed = fc.constantFrom('say', 'say', 'sayInVain', 'write', 'fail', 'drop');
    fc.assert(
      fc.property(fc.array(deed, { maxLength: 60 }), (deeds) => {
        const output = new OpenRunOutput(RUN);
        const written: string[] = [];
        let [taken, said, kept] = [0, 0, 0];
        for (const one of deeds) {
          if (one === 'say') kept += 1;
          if (one === 'say' || one === 'sayInVain')
            taken += output.add(say(`${(said += 1)}`), one === 'say' ? AMPLE : 0);
          if (one === 'write' || one === 'drop') {
            const batch = output.take();
            written.push(...messagesOf(batch));
            taken -= output.release(batch);
          }
          if (one === 'fail') output.putBack(output.take());
        }
        taken += output.close(AT);
        const last = output.take();
        written.push(...messagesOf(last));
        taken -= output.release(last);
        const lines = kept + (said > kept ? 1 : 0);
        expect(written.map((line) => Number(line.split(' ')[0]))).toEqual(
          Array.from({ length: lines }, (_, at) => at + 1),
        );
        expect([taken, output.bytes]).toEqual([0, 0]);
        if (said > kept) {
          expect(written.at(-1)).toMatch(/^\d+ (1 more line was|([2-9]|\d\d+) more lines were) not kept/);
          expect(written.at(-1)).toContain(` ${said - kept} more line`);
        }
      }),
    );
  });
});

/** A writer over a database that answers as it is told. */
function writerOver(answers: ((output: RunOutput) => boolean | Promise<boolean>)[], maxBytes?: number) {
  const time = new ManualTime(AT.getTime());
  const logger = new InMemoryLogger();
  const written: string[] = [];
  const writes: number[] = [];
  const outputs = {
    write: async (output: RunOutput) => {
      writes.push(time.monotonicMs());
      const isOurs = await (answers.shift() ?? (() => true))(output);
      if (isOurs) written.push(...messagesOf(output));
      return isOurs;
    },
    getLines: async () => [],
  };
  const writer = new RunOutputWriter({ outputs, bus: new EventBus(logger), time, timers: time, logger }, maxBytes);
  return { writer, voice: writer.open(RUN), time, logger, written, writes };
}

const away = (): never => {
  throw new DatabaseUnavailableError('away');
};

describe('RunOutputWriter', () => {
  it('writes nothing more of a run while a writing of it is under way: its lines stay in order', async () => {
    const gate = Promise.withResolvers<boolean>();
    const { voice, time, written, writes } = writerOver([() => gate.promise]);
    voice.log('info', 'one');
    await time.advance(500);
    voice.log('info', 'two');
    await time.advance(5_000);
    expect(writes).toHaveLength(1);
    gate.resolve(true);
    await settle();
    await time.advance(1_000);
    expect(written).toEqual(['1 one', '2 two']);
  });

  it('asks an absent database every 2 s, and writes twice a second again once it is back', async () => {
    const { voice, time, written, writes } = writerOver([away, away]);
    voice.log('info', 'one');
    await time.advance(5_000);
    expect([writes, written]).toEqual([[500, 2_500, 4_500], ['1 one']]);
    voice.log('info', 'two');
    await time.advance(500);
    expect(written).toEqual(['1 one', '2 two']);
  });

  it('conclude() writes what was refused while the run had no record yet', async () => {
    const { writer, voice, time, written, writes } = writerOver([() => false]);
    voice.log('info', 'one');
    await time.advance(10_000);
    expect([writes.length, written]).toEqual([1, []]);
    voice.close();
    expect(await writer.conclude(RUN.id, async () => 'recorded')).toBe('recorded');
    expect(written).toEqual(['1 one']);
  });

  it('has room again for others after a run whose lines were refused, dropped or forgotten', async () => {
    const refuse = (): never => {
      throw new Error('no such column');
    };
    for (const answer of [refuse, () => false, away]) {
      const { writer, voice, time, written } = writerOver([answer], 1_000);
      voice.log('info', 'x'.repeat(350));
      await time.advance(500);
      voice.close();
      // What the database refuses of a run that goes on makes room at once.
      if (answer !== refuse) writer.forget(RUN.id);
      const other = writer.open({ ...RUN, id: 'run-2' });
      for (const text of ['y', 'z', 'late']) other.log('info', text.repeat(150));
      other.close();
      await writer.conclude('run-2', async () => null);
      expect(written.map((line) => line.slice(0, 3))).toEqual(['1 y', '2 z', '3 1']);
    }
  });
});
