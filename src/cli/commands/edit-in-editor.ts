/**
 * `carillon jobs edit` without flags: the job in the editor of `VISUAL` or `EDITOR`. Invariant: what somebody wrote is never
 * lost: where it cannot be applied it stays in a file that the message names, and `carillon apply` takes.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jobDetailSchema } from '../../modules/foundation/interface/http/contracts/job.ts';
import type { ProblemJson } from '../../modules/foundation/interface/http/contracts/problem.ts';
import type { CommandContext } from '../command-context.ts';
import { CommandFault } from '../command-fault.ts';
import type { JobDetailJson } from '../connection/answers.ts';
import { type Api, bodyOf } from '../connection/api.ts';
import {
  type EditFault,
  isEmpty,
  offerText,
  readEdited,
  withoutRemarks,
  withRemarks,
} from '../declared-jobs/edited-job.ts';
import { makeChange } from '../declared-jobs/make-change.ts';
import { EXIT } from '../exit-status.ts';
import { withoutMark } from './named-file.ts';
import { tellJob } from './show-job.ts';

/** @throws CommandFault where no editor is known, and where the edit cannot be applied */
export async function editInEditor(context: CommandContext, current: JobDetailJson): Promise<void> {
  const editor = process.env['VISUAL'] || process.env['EDITOR'];
  if (!editor) {
    const message = 'What is to change? Name it with flags, or set VISUAL or EDITOR to edit the whole job.';
    throw new CommandFault(EXIT.usage, message, { details: ["'carillon jobs edit --help' lists the flags."] });
  }
  const folder = await mkdtemp(join(tmpdir(), 'carillon-edit-'));
  const file = join(folder, 'job.yaml');
  const isChanged = await keepingEdits(file, () => editUntilApplied(context, current, { editor, file }));
  await rm(folder, { recursive: true });
  if (!isChanged) return context.remark('Nothing was changed.');
  const { routes } = await context.api();
  tellJob(
    context,
    await bodyOf(jobDetailSchema, routes.admin.jobs[':jobId'].$get({ param: { jobId: current.jobId } })),
  );
}

interface Desk {
  readonly editor: string;
  readonly file: string;
}

/** @returns whether there was anything to change */
async function editUntilApplied(context: CommandContext, current: JobDetailJson, desk: Desk): Promise<boolean> {
  const api = await context.api();
  let offered = offerText(current);
  for (let faults: readonly EditFault[] = []; ;) {
    await writeFile(desk.file, faults.length === 0 ? offered : withRemarks(offered, faults), { mode: 0o600 });
    await openEditor(desk);
    const text = withoutRemarks(withoutMark(await readFile(desk.file, 'utf8')));
    if (isEmpty(text)) return false;
    if (text === offered) {
      if (faults.length === 0) return false;
      throw new CommandFault(EXIT.refused, `The edit of '${current.jobId}' could not be applied.`, {
        details: faults.map(({ path, message }) => `  ${path === '' ? '' : `${path}: `}${message}`),
      });
    }
    const outcome = await apply(api, text, current);
    if (typeof outcome === 'boolean') return outcome;
    faults = outcome;
    offered = text;
  }
}

/** @returns whether anything changed, or what is wrong with the text */
async function apply(api: Api, text: string, current: JobDetailJson): Promise<boolean | readonly EditFault[]> {
  const { faults, change } = readEdited(text, current);
  if (faults !== null) return faults;
  if (change.action === 'keep') return false;
  try {
    await makeChange(api, change);
    return true;
  } catch (error) {
    const problem = error instanceof CommandFault ? (error.problem as ProblemJson | null) : null;
    if (problem?.status === 412) throw await changedMeanwhile(api, current, error);
    if (problem?.errors === undefined) throw error;
    return problem.errors;
  }
}

/** Somebody else's edit goes first; what they changed is told. */
async function changedMeanwhile(api: Api, before: JobDetailJson, cause: unknown): Promise<CommandFault> {
  const { jobId } = before;
  const now = await bodyOf(jobDetailSchema, api.routes.admin.jobs[':jobId'].$get({ param: { jobId } }));
  const { change } = readEdited(offerText(now), before);
  const details = (change?.fields ?? []).map(
    ({ field, before: was, after }) => `  ${field}: ${JSON.stringify(was)} → ${JSON.stringify(after)}`,
  );
  return new CommandFault(EXIT.refused, `Somebody changed '${jobId}' meanwhile, and your edit was not applied.`, {
    details: [...details, `Edit it anew with: carillon jobs edit ${jobId}`],
    cause,
  });
}

/** The shell reads the editor's own words: `code --wait`. */
async function openEditor({ editor, file }: Desk): Promise<void> {
  const child = spawn(`${editor} "${file}"`, { shell: true, stdio: 'inherit' });
  const [status] = (await once(child, 'exit')) as [number | null];
  if (status === 0) return;
  throw new CommandFault(
    EXIT.refused,
    `The editor '${editor}' ended with status ${status ?? 'unknown'}; nothing was changed.`,
  );
}

async function keepingEdits<Result>(file: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CommandFault)) throw error;
    const details = [...error.details, `Your text is kept in ${file}`];
    const { problem, cause } = error;
    throw new CommandFault(error.status, error.message, { details, problem, cause, ...codeOf(error) });
  }
}

const codeOf = ({ code }: CommandFault): { code?: string } => (code === null ? {} : { code });
