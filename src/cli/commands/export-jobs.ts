/** `carillon export`: the jobs as a file that `carillon apply` takes. What is as by default is left out. */
import { stringify } from 'yaml';
import { DEFAULT_POLICIES } from '../../modules/foundation/domain/job-config.ts';
import type { CommandContext } from '../command-context.ts';
import type { JobJson } from '../connection/answers.ts';
import { DECLARED_FIELDS } from '../declared-jobs/compare-jobs.ts';
import { readJobs } from '../declared-jobs/plan-changes.ts';
import { writeNamed } from './named-file.ts';
import { sayCount } from '../../modules/foundation/domain/words/say-count.ts';

export interface ExportOptions {
  readonly format?: 'yaml' | 'json';
  readonly out?: string;
  readonly tag?: string;
}

const YAML_HEAD = `# Jobs as they are declared; 'carillon apply' makes them so. Durations are in milliseconds.
# Where a secret is '***', applying keeps the one that is stored.
`;

export async function exportJobs(context: CommandContext, { format, out, tag }: ExportOptions): Promise<void> {
  const jobs = [...(await readJobs(await context.api())).values()]
    .filter(({ tags }) => tag === undefined || tags.includes(tag))
    .toSorted((a, b) => (a.jobId < b.jobId ? -1 : 1))
    .map(declare);
  const isJson = context.isJson || format === 'json';
  const text = isJson ? `${JSON.stringify({ jobs }, null, 2)}\n` : jobsYaml(jobs);
  if (out === undefined) return context.print(text.trimEnd());
  await writeNamed(out, text);
  context.remark(`${sayCount(jobs.length, 'job')} written to ${out}`);
}

export function jobsYaml(jobs: readonly Readonly<Record<string, unknown>>[]): string {
  return `${YAML_HEAD}${stringify({ jobs }, { lineWidth: 0, aliasDuplicateObjects: false })}`;
}

/** What somebody would have to say to have this job. */
export function declare(job: JobJson): Record<string, unknown> {
  const standard: Readonly<Record<string, unknown>> = DEFAULT_POLICIES;
  const values: Readonly<Record<string, unknown>> = job;
  const said = DECLARED_FIELDS.filter((field) => JSON.stringify(values[field]) !== JSON.stringify(standard[field]));
  return { jobId: job.jobId, ...Object.fromEntries(said.map((field) => [field, values[field]])) };
}
