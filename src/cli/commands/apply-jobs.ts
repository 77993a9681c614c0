/**
 * `carillon apply`: declared jobs, made so. Invariant: nothing is changed while anything of the file cannot be; and no job
 * is overwritten that was changed since it was compared; what was done is counted, however it ends.
 */
import { type CommandContext, printJson } from '../command-context.ts';
import { CommandFault } from '../command-fault.ts';
import { WatchedWork } from '../connection/watched-work.ts';
import type { JobChange } from '../declared-jobs/compare-jobs.ts';
import { makeAll, type Outcome } from '../declared-jobs/make-change.ts';
import { type Plan, planChanges } from '../declared-jobs/plan-changes.ts';
import { type FileFault, readJobsFile } from '../declared-jobs/read-jobs-file.ts';
import { countLine, faultLines, planLines } from '../declared-jobs/show-plan.ts';
import { EXIT, type ExitStatus } from '../exit-status.ts';
import { ProgressLine } from '../output/progress-line.ts';
import { plainLines } from '../output/one-line.ts';
import { confirm } from './confirm.ts';
import { readNamed } from './named-file.ts';
import { sayCount } from '../../modules/foundation/domain/words/say-count.ts';

export interface ApplyOptions {
  readonly dryRun?: boolean;
  readonly prune?: boolean;
  readonly yes?: boolean;
  readonly secrets?: boolean;
}

export async function applyFile(context: CommandContext, path: string, options: ApplyOptions): Promise<ExitStatus> {
  return applyText(context, { text: await readNamed(path), name: path === '-' ? 'standard input' : path }, options);
}

export async function applyText(context: CommandContext, source: Source, options: ApplyOptions): Promise<ExitStatus> {
  const work = new WatchedWork(context.isJson ? null : new ProgressLine(process.stderr));
  try {
    const plan = await planText(context, source, { ...options, work });
    if (!context.isJson) for (const line of planLines(plan.changes)) context.print(line);
    if (options.dryRun === true) return tell(context, plan, null);
    await mayRemove(plan.changes, options);
    return tell(context, plan, await makeAll(await context.api(), plan.changes, work));
  } finally {
    work.close();
  }
}

interface Source {
  readonly text: string;
  readonly name: string;
}

/** @throws CommandFault naming every fault of the text */
async function planText(
  context: CommandContext,
  { text, name }: Source,
  { prune, secrets, work }: ApplyOptions & { readonly work: WatchedWork },
): Promise<Plan> {
  const file = readJobsFile(text);
  const status = file.faults.length > 0 ? EXIT.usage : EXIT.refused;
  const options = { prunes: prune === true, writesSecrets: secrets === true, work };
  const plan = await planChanges(await context.api(), file, options).catch((error: unknown) => {
    // What the text says is wrong without any service.
    if (file.faults.length === 0 || work.isCut || !(error instanceof CommandFault)) throw error;
    return { changes: [], faults: file.faults };
  });
  if (plan.faults.length > 0) throw fileFault(status, name, plan.faults);
  return plan;
}

async function mayRemove(changes: readonly JobChange[], { yes }: ApplyOptions): Promise<void> {
  const removed = changes.filter(({ action }) => action === 'remove').length;
  if (removed === 0 || yes === true) return;
  if (await confirm(`Remove ${sayCount(removed, 'job')}?`)) return;
  throw new CommandFault(EXIT.refused, `Nothing was changed: ${removed} would be removed. Say --yes to agree.`);
}

function tell(context: CommandContext, plan: Plan, outcome: Outcome | null): ExitStatus {
  const changes = plan.changes.map(({ jobId, action, fields }) => ({ jobId, action, fields }));
  const { made, refusals, left, fault } = outcome ?? { made: plan.changes, refusals: [], left: 0, fault: null };
  if (context.isJson) printJson(context, { applied: outcome !== null, changes, refusals, left });
  else context.print(countLine(made, outcome !== null, { refused: refusals.length, left }));
  for (const refusal of refusals) context.remark(plainLines(refusal));
  if (fault !== null) throw fault;
  if (left > 0) throw new CommandFault(EXIT.interrupted, 'Cut off; apply the file again to make the rest.');
  return refusals.length === 0 ? EXIT.ok : EXIT.refused;
}

function fileFault(status: ExitStatus, name: string, faults: readonly FileFault[]): CommandFault {
  const many = faults.length === 1 ? 'a fault' : `${faults.length} faults`;
  return new CommandFault(status, `${name} has ${many}; nothing was changed.`, {
    details: faultLines(faults, name),
    problem: { detail: `${name} has ${many}; nothing was changed.`, errors: faults },
  });
}
