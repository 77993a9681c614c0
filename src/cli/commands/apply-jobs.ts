/**
 * `carillon apply`: declared jobs, made so. Invariant: nothing is changed while anything of the file cannot be; and no job
 * is overwritten that was changed since it was compared.
 */
import { type CommandContext, printJson } from '../command-context.ts';
import { CommandFault } from '../command-fault.ts';
import type { JobChange } from '../declared-jobs/compare-jobs.ts';
import { makeChange } from '../declared-jobs/make-change.ts';
import { type Plan, planChanges } from '../declared-jobs/plan-changes.ts';
import { type FileFault, readJobsFile } from '../declared-jobs/read-jobs-file.ts';
import { countLine, faultLines, planLines } from '../declared-jobs/show-plan.ts';
import { EXIT, type ExitStatus } from '../exit-status.ts';
import { confirm } from './confirm.ts';
import { readNamed } from './named-file.ts';

export interface ApplyOptions {
  readonly dryRun?: boolean;
  readonly prune?: boolean;
  readonly yes?: boolean;
  readonly secrets?: boolean;
}

export async function applyFile(context: CommandContext, path: string, options: ApplyOptions): Promise<ExitStatus> {
  return applyText(context, { text: await readNamed(path), name: path === '-' ? 'standard input' : path }, options);
}

export async function applyText(
  context: CommandContext,
  { text, name }: { readonly text: string; readonly name: string },
  options: ApplyOptions,
): Promise<ExitStatus> {
  const file = readJobsFile(text);
  if (file.faults.length > 0) throw fileFault(EXIT.usage, name, file.faults);
  const plan = await planChanges(await context.api(), file, {
    prunes: options.prune === true,
    writesSecrets: options.secrets === true,
  });
  if (plan.faults.length > 0) throw fileFault(EXIT.refused, name, plan.faults);
  if (!context.isJson) for (const line of planLines(plan.changes)) context.print(line);
  if (options.dryRun === true) return tell(context, plan, []);
  await mayRemove(plan.changes, options);
  return tell(context, plan, await make(context, plan.changes), true);
}

async function mayRemove(changes: readonly JobChange[], { yes }: ApplyOptions): Promise<void> {
  const removed = changes.filter(({ action }) => action === 'remove').length;
  if (removed === 0 || yes === true) return;
  if (await confirm(`Remove ${removed} ${removed === 1 ? 'job' : 'jobs'}?`)) return;
  throw new CommandFault(EXIT.refused, `Nothing was changed: ${removed} would be removed. Say --yes to agree.`);
}

/** One that the service refuses keeps none of the others from being made. */
async function make(context: CommandContext, changes: readonly JobChange[]): Promise<string[]> {
  const api = await context.api();
  const refusals: string[] = [];
  for (const change of changes) {
    try {
      await makeChange(api, change);
    } catch (error) {
      if (!(error instanceof CommandFault) || error.status !== EXIT.refused) throw error;
      refusals.push([`${change.jobId}: ${error.message}`, ...error.details].join('\n'));
    }
  }
  return refusals;
}

function tell(context: CommandContext, plan: Plan, refusals: readonly string[], hasHappened = false): ExitStatus {
  const changes = plan.changes.map(({ jobId, action, fields }) => ({ jobId, action, fields }));
  if (context.isJson) printJson(context, { applied: hasHappened, changes, refusals });
  else if (refusals.length === 0) context.print(countLine(plan.changes, hasHappened));
  for (const refusal of refusals) context.remark(refusal);
  return refusals.length === 0 ? EXIT.ok : EXIT.refused;
}

function fileFault(status: ExitStatus, name: string, faults: readonly FileFault[]): CommandFault {
  const many = faults.length === 1 ? 'a fault' : `${faults.length} faults`;
  return new CommandFault(status, `${name} has ${many}; nothing was changed.`, {
    details: faultLines(faults, name),
    problem: { detail: `${name} has ${many}; nothing was changed.`, errors: faults },
  });
}
