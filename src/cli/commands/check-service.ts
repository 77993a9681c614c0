/** `carillon doctor` and `migrate`: the settings, the database and the folder that a service here would start with. */
import { styleText } from 'node:util';
import { readinessSchema } from '../../modules/foundation/interface/http/contracts/readiness.ts';
import { type CommandContext, printJson } from '../command-context.ts';
import { CommandFault } from '../command-fault.ts';
import { reach } from '../connection/api.ts';
import { isAnswer } from '../connection/foreign-answer.ts';
import { findService } from '../connection/service-address.ts';
import { EXIT, type ExitStatus } from '../exit-status.ts';
import { plainLines } from '../output/one-line.ts';

interface Finding {
  readonly name: string;
  readonly state: 'good' | 'notice' | 'fault';
  readonly detail: string;
  readonly advice?: string;
}

const SIGNS = { good: ['green', 'ok'], notice: ['yellow', '!!'], fault: ['red', 'NO'] } as const;

/** @returns `refused` where a fault was found */
export async function doctor(context: CommandContext): Promise<ExitStatus> {
  const { checkUp } = await import('../../main/check-up.ts');
  const findings: Finding[] = [...(await checkUp(process.env)), await checkAnswers(context)];
  if (context.isJson) printJson(context, findings);
  else for (const finding of findings) context.print(findingText(finding));
  return findings.some(({ state }) => state === 'fault') ? EXIT.refused : EXIT.ok;
}

export async function migrate(context: CommandContext): Promise<void> {
  const { migrateDatabase, SettingsFault } = await import('../../main/migrate-database.ts');
  try {
    const { description, applied } = await migrateDatabase(process.env, (message) => context.remark(message));
    if (context.isJson) printJson(context, { description, applied });
    else context.print(`${description} is up to date${applied ? '.' : ': there was nothing to apply.'}`);
  } catch (error) {
    const status = error instanceof SettingsFault ? EXIT.usage : EXIT.away;
    throw new CommandFault(status, error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** Whether a service answers, and how it does. None is no fault: this may be asked before the first start. */
export async function checkAnswers({ options }: Pick<CommandContext, 'options'>): Promise<Finding> {
  try {
    const { server, token } = await findService(options, process.env);
    // Who shows a token is told where the database is, and why it is away.
    const headers = token === null ? {} : { authorization: `Bearer ${token}` };
    const response = await reach(`${server}/readyz`, { headers });
    const report: unknown = await response.json().catch(() => null);
    if (!isAnswer(readinessSchema, report)) return foreignFinding(server);
    const faults = report.checks.filter(({ ok }) => !ok).map(({ detail }) => detail);
    if (faults.length === 0) return { name: 'service', state: 'good', detail: `answers at ${server}: ${report.mode}` };
    return { name: 'service', state: 'fault', detail: `at ${server} is ${report.mode}: ${faults.join(' ')}` };
  } catch (error) {
    if (!(error instanceof CommandFault)) throw error;
    if (error.status !== EXIT.away) return { name: 'service', state: 'fault', detail: error.message };
    return { name: 'service', state: 'notice', detail: error.message, advice: 'Start one: carillon start' };
  }
}

function foreignFinding(server: string): Finding {
  const detail = `${server} answered with something that is no answer of Carillon`;
  return { name: 'service', state: 'fault', detail, advice: 'Name another with --server or CARILLON_SERVER.' };
}

function findingText({ name, state, detail, advice }: Finding): string {
  const [colour, sign] = SIGNS[state];
  const line = `${styleText(colour, sign)}  ${name.padEnd(10)} ${plainLines(detail)}`;
  return advice === undefined ? line : `${line}\n               → ${advice}`;
}
