/**
 * Follows a run to its end: its log lines as they come, its progress where a person watches. The stream says when to look,
 * the log itself what there is. Invariant: it ends when the run has ended and its last line was shown; no line is shown twice.
 */
import type { InferResponseType } from 'hono/client';
import { executionReportSchema, runLogSchema } from '../../modules/foundation/interface/http/contracts/execution.ts';
import { type CommandContext, printJson } from '../command-context.ts';
import { CommandFault } from '../command-fault.ts';
import type { ExecutionDetailJson } from '../connection/answers.ts';
import { type Api, bodyOf } from '../connection/api.ts';
import { RunSignal } from '../connection/run-signal.ts';
import { EXIT, type ExitStatus } from '../exit-status.ts';
import { colouredWord } from '../output/coloured-word.ts';
import { machineZone, wallText } from '../output/instants.ts';
import { ProgressLine } from '../output/progress-line.ts';
import { outcomeText } from '../output/run-lines.ts';
import { oneLine } from '../output/one-line.ts';

type LogRoute = Api['routes']['admin']['executions'][':id']['logs'];
type LogLine = InferResponseType<LogRoute['$get'], 200>['items'][number];

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1_000;

/**
 * Ctrl-C ends the following, and not the run.
 * @returns `runFailed` where the run ended as FAILED
 * @throws CommandFault where it was broken off: the run may go on
 */
export async function followRun(context: CommandContext, id: string): Promise<ExitStatus> {
  const signal = new RunSignal(await context.api(), id);
  const progress = new ProgressLine(process.stderr);
  const cut = (): void => signal.close();
  process.once('SIGINT', cut);
  try {
    return await readToTheEnd({ context, id, signal, progress });
  } catch (error) {
    throw brokenOff(error, id);
  } finally {
    progress.clear();
    process.off('SIGINT', cut);
    signal.close();
  }
}

interface Following {
  readonly context: CommandContext;
  readonly id: string;
  readonly signal: RunSignal;
  readonly progress: ProgressLine;
}

async function readToTheEnd({ context, id, signal, progress }: Following): Promise<ExitStatus> {
  const api = await context.api();
  let after = '0';
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
    const part = await bodyOf(
      runLogSchema,
      api.routes.admin.executions[':id'].logs.$get({ param: { id }, query: { after } }),
    );
    const run = await bodyOf(executionReportSchema, api.routes.admin.executions[':id'].$get({ param: { id } }));
    if (part.items.length > 0) {
      progress.clear();
      pauseMs = FIRST_PAUSE_MS;
      if (!context.isJson) for (const line of part.items) context.print(logLineText(line));
    }
    after = String(part.nextAfter);
    if (part.isEnded) {
      progress.clear();
      return tellOutcome(context, run);
    }
    if (!context.isJson) progress.show(run);
    await signal.next(pauseMs);
    if (signal.isClosed) throw new CommandFault(EXIT.interrupted, `Run ${id} is not followed any more.`);
  }
}

function brokenOff(error: unknown, id: string): unknown {
  if (!(error instanceof CommandFault)) return error;
  const { status, message, problem } = error;
  if (status !== EXIT.interrupted && status !== EXIT.away) return error;
  const goesOn =
    status === EXIT.interrupted
      ? `It goes on; 'carillon runs cancel ${id}' stops it.`
      : 'What becomes of the run is not known: a service that stops lets it end first.';
  const details = [goesOn, `'carillon runs logs ${id} --follow' follows it again.`];
  return new CommandFault(status, message, { details, problem, cause: error });
}

/** `carillon runs logs` */
export async function showLogs(
  context: CommandContext,
  id: string,
  { follow }: { readonly follow?: boolean },
): Promise<ExitStatus | void> {
  if (follow === true) return followRun(context, id);
  const { routes } = await context.api();
  const { logLines } = await bodyOf(executionReportSchema, routes.admin.executions[':id'].$get({ param: { id } }));
  if (context.isJson) printJson(context, logLines);
  else for (const line of logLines) context.print(logLineText(line));
}

const LEVEL_COLOURS = { debug: 'dim', info: 'green', warn: 'yellow', error: 'red' } as const;

function logLineText({ at, level, message, properties }: LogLine): string {
  const said = Object.keys(properties).length === 0 ? '' : `  ${oneLine(JSON.stringify(properties))}`;
  const word = colouredWord(LEVEL_COLOURS, level, level.padEnd(5));
  return `${wallText(at, machineZone()).slice(0, 19)} ${word} ${oneLine(message)}${said}`;
}

function tellOutcome(context: CommandContext, run: ExecutionDetailJson): ExitStatus {
  if (context.isJson) printJson(context, run);
  else context.print(`${run.id}  ${outcomeText(run)}`);
  return run.status === 'SUCCESS' ? EXIT.ok : EXIT.runFailed;
}
