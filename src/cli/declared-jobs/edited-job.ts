/**
 * One job as a text that somebody edits, and what the edited text would change. Pure. The text is a jobs file of one job, so
 * that `carillon apply` takes it too.
 *
 * Invariant: lines that begin with `#! ` are ours, and no others are touched.
 */
import { declare, jobsYaml } from '../commands/export-jobs.ts';
import type { JobJson } from '../connection/answers.ts';
import { compareJob, DECLARED_FIELDS, type JobChange } from './compare-jobs.ts';
import { type DeclaredJob, readJobsFile } from './read-jobs-file.ts';

export interface EditFault {
  readonly path: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

export type EditReading =
  | { readonly faults: readonly EditFault[]; readonly change: null }
  | { readonly faults: null; readonly change: JobChange & { readonly declared: DeclaredJob } };

const OURS = '#! ';

export function offerText(job: JobJson): string {
  const said = declare(job);
  const others = DECLARED_FIELDS.filter((field) => !Object.hasOwn(said, field));
  const rest = others.length === 0 ? '' : `# As by default, and therefore left out: ${others.join(', ')}.\n`;
  return `# Save and close to change the job; an unchanged or empty file changes nothing.\n${rest}${jobsYaml([said])}`;
}

/** The text with what is wrong with it above it. */
export function withRemarks(text: string, faults: readonly EditFault[]): string {
  const lines = faults.map(({ path, message, hint }) => {
    const advice = hint === undefined || message.includes(hint) ? '' : ` (${hint})`;
    return `${OURS}${`${path === '' ? '' : `${path}: `}${message}${advice}`.replaceAll(/\s+/g, ' ')}`;
  });
  return [`${OURS}Nothing was changed yet. Mend this, or leave the file as it is to give up:`, ...lines, text].join(
    '\n',
  );
}

export function withoutRemarks(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith(OURS))
    .join('\n');
}

/** Empty but for comments. */
export function isEmpty(text: string): boolean {
  return text.split('\n').every((line) => /^(#|$)/.test(line.trim()));
}

export function readEdited(text: string, current: JobJson): EditReading {
  const { jobs, faults } = readJobsFile(text);
  if (faults.length > 0) return { faults: faults.map(withoutPlace), change: null };
  const [declared] = jobs;
  if (declared === undefined || jobs.length > 1) {
    return { faults: [{ path: '', message: `Here stands one job, and not ${jobs.length}.` }], change: null };
  }
  if (declared.jobId !== current.jobId) {
    return { faults: [{ path: 'jobId', message: `It is '${current.jobId}', and cannot be changed.` }], change: null };
  }
  const { dialect, timezone } = current;
  const change = compareJob(declared, current, { dialect, timezone }, { writesSecrets: true });
  return { faults: null, change: { ...change, declared } };
}

function withoutPlace({ path, message, hint }: EditFault): EditFault {
  return { path: path.replace(/^jobs\[0\]\.?/, ''), message, hint };
}
