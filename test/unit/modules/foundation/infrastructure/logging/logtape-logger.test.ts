import { afterEach, beforeEach, describe, expect, it, type MockInstance, vi } from 'vitest';
import {
  closeLogging,
  configureLogging,
  LogTapeLogger,
} from '../../../../../../src/modules/foundation/infrastructure/logging/logtape-logger.ts';

const SINKS = ['debug', 'info', 'warn', 'error', 'log'] as const;

describe('LogTapeLogger', () => {
  let spies: MockInstance[] = [];
  beforeEach(() => {
    spies = SINKS.map((name) => vi.spyOn(console, name).mockImplementation(() => {}));
  });
  afterEach(async () => {
    await closeLogging();
    vi.restoreAllMocks();
  });

  const lines = (): string[] => spies.flatMap((spy) => spy.mock.calls.map((call) => String(call[0]).trimEnd()));
  async function logged(write: (logger: LogTapeLogger) => void, format: 'json' | 'text' = 'json') {
    await configureLogging({ level: 'info', format });
    write(new LogTapeLogger());
    return lines();
  }
  const parsed = async (write: (logger: LogTapeLogger) => void) =>
    (await logged(write)).map((line) => JSON.parse(line));

  it('writes one line of JSON a fact', async () => {
    const [line] = await parsed((log) => log.with({ jobId: 'a' }).warn('It broke.', { attempt: 2 }));
    expect(line).toMatchObject({
      level: 'WARN',
      message: 'It broke.',
      jobId: 'a',
      attempt: 2,
      '@timestamp': expect.any(String),
    });
  });

  it('writes text for a terminal, on one line', async () => {
    const written = await logged((log) => log.error('It broke.', { reason: 'two\nlines' }), 'text');
    expect(written).toEqual([expect.stringMatching(/^\d{4}-\d\d-\d\dT\S+Z \S+ It broke\. reason="two\\nlines"$/)]);
  });

  it('leaves out what is below the level', async () => {
    let reads = 0;
    const costly = {
      get value() {
        return (reads += 1);
      },
    };
    expect(await logged((log) => log.debug('quiet', costly))).toEqual([]);
    expect(reads).toBe(0);
  });

  it('leaves braces in a message as they are', async () => {
    const [line] = await parsed((log) => log.info('{x} and {{y}} and }{', { x: 1 }));
    expect(line.message).toBe('{x} and {{y}} and }{');
  });

  it('masks what looks like a secret, however deep', async () => {
    const written = await logged((log) =>
      log.with({ authorization: 'Bearer s3cret' }).info('x', { password: 's3cret', deep: [{ apiToken: 's3cret' }] }),
    );
    expect(written.join()).not.toContain('s3cret');
    expect(written.join()).toContain('***');
  });

  it('a property never takes the place of the line’s own message or level', async () => {
    const [line] = await parsed((log) => log.info('Progress', { message: 'half way', level: 'high', logger: 'x' }));
    expect(line).toMatchObject({
      message: 'Progress',
      level: 'INFO',
      message_: 'half way',
      level_: 'high',
      logger_: 'x',
    });
  });

  it('writes an error with its stack and its causes', async () => {
    const [line] = await parsed((log) => log.error('x', { error: new Error('outer', { cause: new Error('inner') }) }));
    expect(line.error).toMatch(/outer: inner/);
    expect(line.error).toMatch(/logtape-logger\.test\.ts/);
  });

  it('never throws, whatever it is given', async () => {
    const circle: Record<string, unknown> = { big: 1n };
    circle['self'] = circle;
    const hostile = { get trap() { throw new Error('boom'); } }; // oxfmt-ignore
    const written = await parsed((log) => {
      log.info('a', { circle, left: undefined, map: new Map([['k', 1]]), symbol: Symbol('s') });
      log.info('b', hostile);
      log.info(42 as never);
    });
    expect(written.map((line) => line.message)).toEqual(['a', 'b', '42']);
    expect(written[0]).toMatchObject({ circle: expect.stringContaining('circular'), map: [['k', 1]] });
    expect(written[0]).not.toHaveProperty('left');
    expect(written[1]).toMatchObject({ trap: 'boom' });
  });
});
