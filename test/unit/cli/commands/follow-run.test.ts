import type { ServerResponse } from 'node:http';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { CommandContext } from '../../../../src/cli/command-context.ts';
import { followRun, showLogs } from '../../../../src/cli/commands/follow-run.ts';
import { connect } from '../../../../src/cli/connection/api.ts';
import { runAnswer } from '../../../support/answers.ts';
import { startHttpServer } from '../../../support/http-server.ts';

const RUN = runAnswer({ id: '0a' });
const ENDED = runAnswer({ id: '0a', status: 'SUCCESS', durationMs: 5 });
const lineOf = (line: number, message = `line ${line}`) => ({
  ...{ line, at: '2026-01-02T12:00:00Z', level: 'info', message, properties: {} },
});

interface Look {
  readonly lines: readonly object[];
  readonly run: object;
  readonly isEnded?: boolean;
}

/** A service whose log and run are, at each look, the next of these; its stream says each time that there is more. */
async function serve(looks: readonly Look[], onLook: (look: number) => void = () => {}) {
  let at = -1;
  let stream: ServerResponse | undefined;
  return startHttpServer(({ path }, response) => {
    if (path.includes('/stream')) {
      stream = response.writeHead(200, { 'content-type': 'text/event-stream' });
      return void stream.write('event: hello\ndata: {"mode":"normal"}\n\n');
    }
    if (path.includes('/logs')) at += 1;
    const { lines, run, isEnded = false } = looks[Math.min(Math.max(at, 0), looks.length - 1)]!;
    const nextAfter = Number(/after=(\d+)/.exec(path)?.[1]) + lines.length;
    const body = path.includes('/logs') ? { items: lines, nextAfter, isEnded } : { ...run, logLines: lines };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    if (path.includes('/logs')) return;
    stream?.write('event: run.log\ndata: {}\n\n');
    onLook(at);
  });
}

function contextFor(server: string, isJson: boolean): CommandContext & { printed: string[] } {
  const printed: string[] = [];
  return {
    ...{ options: {}, isJson, printed, remark: () => {} },
    api: () => connect({ server, token: 't' }, {}),
    print: (text) => void printed.push(stripVTControlCharacters(text)),
  };
}

async function follow(looks: readonly Look[], { isJson = false, onLook = (_look: number): void => {} } = {}) {
  await using server = await serve(looks, onLook);
  const context = contextFor(server.origin, isJson);
  const status = await followRun(context, '0a').catch((error: unknown) => error);
  const afters = server.requests.flatMap(({ path }) => /after=(\d+)/.exec(path)?.[1] ?? []);
  return { status, printed: context.printed, afters };
}

describe('followRun()', () => {
  test('shows each line once, those that came with the end too, and then what came of it', async () => {
    const { status, printed, afters } = await follow([
      { lines: [lineOf(1), lineOf(2)], run: RUN },
      { lines: [], run: RUN },
      { lines: [lineOf(3)], run: ENDED },
      { lines: [lineOf(4)], run: ENDED, isEnded: true },
    ]);
    expect(status).toBe(0);
    expect(printed.map((text) => text.split(/ {2,}/).at(-1))).toEqual([
      'line 1',
      'line 2',
      'line 3',
      'line 4',
      'SUCCESS after 5 ms',
    ]);
    expect(afters).toEqual(['0', '2', '2', '3']);
  });

  test.for(['ERROR', 'LOST', 'CANCELLED', 'TIMEOUT'])(
    'ends with status 5 where the run failed by %s',
    async (reason) => {
      const run = { ...ENDED, status: 'FAILED', failureReason: reason, errorMessage: 'it broke' };
      const { status, printed } = await follow([{ lines: [], run, isEnded: true }]);
      expect(status).toBe(5);
      expect(printed).toEqual([`0a  FAILED${reason === 'ERROR' ? '' : ` ${reason}`} after 5 ms  it broke`]);
    },
  );

  test('prints for programs the run that has ended, and nothing before it', async () => {
    const { printed } = await follow(
      [
        { lines: [lineOf(1)], run: RUN },
        { lines: [lineOf(2)], run: ENDED, isEnded: true },
      ],
      { isJson: true },
    );
    expect(printed).toHaveLength(1);
    expect(JSON.parse(printed[0]!)).toMatchObject({ id: '0a', status: 'SUCCESS' });
  });

  test('is broken off by Ctrl-C, and leaves the next one to the process', async () => {
    const before = process.listenerCount('SIGINT');
    const onLook = (look: number): void => void (look === 1 && process.emit('SIGINT'));
    const { status } = await follow([{ lines: [], run: RUN }], { onLook });
    expect(status).toMatchObject({ status: 130, details: [expect.stringContaining('It goes on'), expect.anything()] });
    expect(process.listenerCount('SIGINT')).toBe(before);
  });

  test('hands on a refusal as it is: there is no run that would go on', async () => {
    await using server = await startHttpServer((_request, response) => response.writeHead(404).end());
    const fault = await followRun(contextFor(server.origin, false), '0a').catch((error: unknown) => error);
    expect(fault).toMatchObject({ status: 1, details: [] });
  });
});

describe('showLogs()', () => {
  test('keeps a line on its line, what it says beside it, and steers no terminal', async () => {
    const hostile = { ...lineOf(1, 'a\u009B2J\nb'), properties: { key: '\u009B2J\n' } };
    await using server = await serve([{ lines: [hostile, lineOf(2)], run: RUN }]);
    const context = contextFor(server.origin, false);
    await showLogs(context, '0a', {});
    expect(context.printed.map((text) => text.slice(20))).toEqual(['info  a 2J b  {"key":" 2J\\n"}', 'info  line 2']);
  });
});
