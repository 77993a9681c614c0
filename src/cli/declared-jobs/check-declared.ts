/**
 * What the service would refuse of declared jobs, and how it reads their schedules, before any is made. Asks, and writes
 * nothing; many jobs a request, since a file may hold thousands.
 */
import { jobChecksSchema } from '../../modules/foundation/interface/http/contracts/job-check.ts';
import type { ProblemJson } from '../../modules/foundation/interface/http/contracts/problem.ts';
import { CommandFault } from '../command-fault.ts';
import { type Api, bodyOf } from '../connection/api.ts';
import { foreignFault } from '../connection/foreign-answer.ts';
import type { WatchedWork } from '../connection/watched-work.ts';
import { EXIT } from '../exit-status.ts';
import type { DeclaredJob, FieldFault, FileFault, JobsFile } from './read-jobs-file.ts';
import { sayCount } from '../../modules/foundation/domain/words/say-count.ts';

/** As the service reads a declaration that leaves them out. */
export interface Settled {
  readonly dialect: string | null;
  readonly timezone: string;
}

export interface Checked {
  /** By place in the file. */
  readonly settled: ReadonlyMap<number, Settled>;
  readonly faults: readonly FileFault[];
}

/** No more than the service takes at once, in jobs and in bytes. */
const JOBS_A_REQUEST = 100;
const CHARACTERS_A_REQUEST = 200_000;

/** @throws CommandFault where it is cut off */
export async function checkDeclared(api: Api, file: JobsFile, work: WatchedWork): Promise<Checked> {
  const settled = new Map<number, Settled>();
  const faults: FileFault[] = [];
  await work.forEach('batches looked at', batchesOf(file.checkable), async (batch) => {
    const judgements = await askAbout(api, batch);
    for (const { index, errors, ...reading } of judgements) {
      settled.set(index, reading);
      faults.push(...errors.map((fault) => file.faultAt(index, fault)));
    }
  });
  if (!work.isCut) return { settled, faults };
  const looked = `${settled.size} of ${sayCount(file.checkable.length, 'job')}`;
  throw new CommandFault(EXIT.interrupted, `Cut off when ${looked} had been looked at; nothing was changed.`);
}

interface Judgement extends Settled {
  readonly index: number;
  readonly errors: readonly FieldFault[];
}

type Draft = Parameters<Api['routes']['admin']['jobs']['check']['$post']>[0]['json']['jobs'][number];

async function askAbout({ routes }: Api, batch: readonly DeclaredJob[]): Promise<Judgement[]> {
  const jobs = batch.map(({ jobId, fields }) => ({ ...fields, jobId }) as unknown as Draft);
  try {
    const { items } = await bodyOf(jobChecksSchema, routes.admin.jobs.check.$post({ json: { jobs } }));
    if (items.length !== batch.length) throw foreignFault('fewer or more judgements than jobs');
    return items.map(({ dialect, timezone, errors }, at) => ({ index: batch[at]!.index, dialect, timezone, errors }));
  } catch (error) {
    return refusedWhole(error, batch);
  }
}

/** A service of another version may know other fields: then its faults are of the request. */
function refusedWhole(error: unknown, batch: readonly DeclaredJob[]): Judgement[] {
  const problem = error instanceof CommandFault ? (error.problem as ProblemJson | null) : null;
  const found = (problem?.errors ?? []).flatMap(({ path, message }) => {
    const [, place, field = ''] = /^jobs\.(\d+)\.?(.*)$/.exec(path) ?? [];
    const job = place === undefined ? undefined : batch[Number(place)];
    return job === undefined ? [] : [{ index: job.index, errors: [{ path: field, message }] }];
  });
  if (found.length === 0) throw error;
  return found.map((judgement) => ({ ...judgement, dialect: null, timezone: '' }));
}

function batchesOf(jobs: readonly DeclaredJob[]): DeclaredJob[][] {
  const batches: DeclaredJob[][] = [];
  let room = 0;
  for (const job of jobs) {
    const size = JSON.stringify(job.fields).length;
    const last = batches.at(-1);
    if (last === undefined || last.length === JOBS_A_REQUEST || size > room) {
      batches.push([job]);
      room = CHARACTERS_A_REQUEST - size;
    } else {
      last.push(job);
      room -= size;
    }
  }
  return batches;
}
