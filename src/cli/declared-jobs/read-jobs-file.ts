/**
 * A file of declared jobs, YAML or JSON: a list of jobs, or an object with the list as `jobs`.
 *
 * Invariant: every fault is named at once, each with its line and its path; of a file with a fault nothing is used, but
 * asked about.
 */
import { isAlias, isMap, isNode, isPair, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import type { Document, YAMLError, YAMLSeq } from 'yaml';
import { InvalidInputError } from '../../modules/foundation/domain/errors.ts';
import { findUnstorable } from '../../modules/foundation/domain/storable-json.ts';
import { readInput } from '../../modules/foundation/interface/http/input-faults.ts';
import { jobDraftSchema } from '../../modules/foundation/interface/http/contracts/job-input.ts';

/** As it stands in the file. Durations are in milliseconds. */
export interface DeclaredJob {
  readonly jobId: string;
  readonly fields: Readonly<Record<string, unknown>>;
  /** Its place in the list. */
  readonly index: number;
}

export interface FileFault {
  /** 1-based. */
  readonly line: number;
  /** `jobs[2].jobKwargs.url`; empty: the whole file. */
  readonly path: string;
  readonly message: string;
  readonly hint?: string;
}

/** A fault of one job, at a dotted path in it. */
export interface FieldFault {
  readonly path: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

export interface JobsFile {
  readonly jobs: readonly DeclaredJob[];
  /** What can be asked about: the jobs that have an id, without the fields that have a fault. */
  readonly checkable: readonly DeclaredJob[];
  readonly faults: readonly FileFault[];
  /** A fault of a job's field, found later, at its place in the file. */
  faultAt(index: number, fault: FieldFault): FileFault;
}

const QUOTES = "A schedule that begins with '*' or '@' stands in quotes.";

/** How often one anchor may be used, times what it holds of others. */
const MAX_ALIASES = 10_000;

/** A job that holds itself has a path without an end. */
const MAX_PATH = 100;

export function readJobsFile(text: string): JobsFile {
  return new JobsFileReader(text).read();
}

class JobsFileReader {
  readonly #lines = new LineCounter();
  readonly #document: Document;
  /** Where the list is: the document itself, or its `jobs`. */
  #at: readonly string[] = [];

  constructor(text: string) {
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
  }

  read(): JobsFile {
    const broken = this.#syntaxFaults();
    if (broken.length > 0) return this.#answer([], broken);
    const root = this.#document.contents;
    if (isMap(root)) this.#at = ['jobs'];
    const list = this.#document.getIn(this.#at, true);
    if (!isSeq(list)) {
      const message = "is no list of jobs, and has none under 'jobs'";
      return this.#answer([], [{ line: 1, path: '', message }]);
    }
    const values = this.#valuesOf(list);
    if (values === null) {
      const message = 'Its aliases stand for more than a file may hold.';
      return this.#answer([], [{ line: 1, path: '', message }]);
    }
    const found = values.map((value) => ({ value, faults: faultsOf(value) }));
    const faults = [
      ...this.#strangers(root),
      ...found.flatMap(({ faults: own }, index) => own.map((fault) => this.#faultAt(index, fault))),
      ...this.#repeated(values),
    ];
    const checkable = found.flatMap(({ value, faults: own }, index) => toCheckable(value, own, index));
    return { ...this.#answer(faults.length > 0 ? [] : values.map(toDeclared), faults), checkable };
  }

  #answer(jobs: readonly DeclaredJob[], faults: readonly FileFault[]): JobsFile {
    return { jobs, checkable: [], faults, faultAt: (index, fault) => this.#faultAt(index, fault) };
  }

  /** Null: a few lines of aliases may stand for more than memory holds. */
  #valuesOf(list: YAMLSeq): unknown[] | null {
    try {
      return list.toJS(this.#document, { maxAliasCount: MAX_ALIASES }) as unknown[];
    } catch (error) {
      if (error instanceof ReferenceError) return null;
      throw error;
    }
  }

  #repeated(values: readonly unknown[]): FileFault[] {
    const first = new Map<string, number>();
    return values.flatMap((value, index) => {
      const jobId = idOf(value);
      if (jobId === null) return [];
      const before = first.get(jobId);
      if (before === undefined) first.set(jobId, index);
      return before === undefined
        ? []
        : [this.#faultAt(index, { path: 'jobId', message: `jobs[${before}] has it already.` })];
    });
  }

  #strangers(root: unknown): FileFault[] {
    if (!isMap(root)) return [];
    return root.items
      .filter((pair) => String(pair.key) !== 'jobs')
      .map((pair) => ({ line: this.#lineOf(pair.key), path: String(pair.key), message: "Only 'jobs' stands here." }));
  }

  #faultAt(index: number, { path, message, hint }: FieldFault): FileFault {
    const steps = path === '' ? [] : path.split('.');
    const place = `jobs[${index}]${steps.map((step) => (/^\d+$/.test(step) ? `[${step}]` : `.${step}`)).join('')}`;
    const shown = place.length > MAX_PATH ? `${place.slice(0, MAX_PATH)}…` : place;
    return { line: this.#findLine([index, ...steps]), path: shown, message, ...(hint === undefined ? {} : { hint }) };
  }

  /** Of the innermost part of the path that stands in the file. */
  #findLine(steps: readonly (string | number)[]): number {
    for (let depth = steps.length; depth > 0; depth -= 1) {
      const inner = steps.slice(0, depth).map((step) => (/^\d+$/.test(String(step)) ? Number(step) : step));
      const parent = this.#document.getIn([...this.#at, ...inner.slice(0, -1)], true);
      const pair = isMap(parent) ? parent.items.find((item) => String(item.key) === String(inner.at(-1))) : undefined;
      if (pair !== undefined) return this.#lineOf(pair.key);
      const node = this.#document.getIn([...this.#at, ...inner], true);
      if (isNode(node)) return this.#lineOf(node);
    }
    return 1;
  }

  #lineOf(node: unknown): number {
    const range = isNode(node) ? node.range : isPair(node) && isNode(node.key) ? node.key.range : null;
    return range == null ? 1 : this.#lines.linePos(range[0]).line;
  }

  #syntaxFaults(): FileFault[] {
    const seen = new Set<number>();
    const faults = [...this.#document.errors.map((error) => this.#syntaxFault(error)), ...this.#strayAliases()];
    // What follows on the same line is a consequence of the first.
    return faults.filter(({ line }) => !seen.has(line) && seen.add(line));
  }

  #syntaxFault(error: YAMLError): FileFault {
    const { line } = this.#lines.linePos(error.pos[0]);
    const isBare = error.code === 'BAD_SCALAR_START' || /alias/i.test(error.message);
    return { line, path: '', message: `${error.message}.`, ...(isBare ? { hint: QUOTES } : {}) };
  }

  #strayAliases(): FileFault[] {
    const anchors = new Set<string>();
    const faults: FileFault[] = [];
    visit(this.#document, {
      Node: (_key, node) => {
        if (!isAlias(node)) {
          if (node.anchor !== undefined) anchors.add(node.anchor);
        } else if (!anchors.has(node.source)) {
          const message = `There is no anchor '&${node.source}' before it.`;
          faults.push({ line: this.#lineOf(node), path: '', message, hint: QUOTES });
        }
      },
    });
    return faults;
  }
}

function faultsOf(value: unknown): FieldFault[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [{ path: '', message: 'Must be a job: an object with jobId, cronExpression …' }];
  }
  const unstorable = unstorableOf(value);
  const isNameless = !('jobId' in value) || value.jobId === '';
  const faults: FieldFault[] = [...unstorable, ...(isNameless ? [{ path: 'jobId', message: 'Required.' }] : [])];
  try {
    readInput(jobDraftSchema, 'jobName' in value ? value : { jobName: 'its id', ...value });
    return faults;
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return [...faults, ...error.errors.filter(({ path }) => !unstorable.some((known) => known.path === path))];
  }
}

/** The first of each field. */
function unstorableOf(job: object): FieldFault[] {
  return Object.entries(job).flatMap(([field, value]) => findUnstorable({ [field]: value }) ?? []);
}

function idOf(value: unknown): string | null {
  const isNamed = typeof value === 'object' && value !== null && 'jobId' in value;
  return isNamed && typeof value.jobId === 'string' && value.jobId !== '' ? value.jobId : null;
}

/** A schedule without fault, where there is none to ask about. */
const STAND_IN = { cronExpression: '@every 1h' };

function toCheckable(value: unknown, faults: readonly FieldFault[], index: number): DeclaredJob[] {
  // What is wrong with its id, or with all of it, cannot be left out.
  if (idOf(value) === null || faults.some(({ path }) => path === '' || path === 'jobId')) return [];
  const { jobId, fields } = toDeclared(value, index);
  const faulty = new Set(faults.map(({ path }) => path.split('.')[0]));
  const sound = Object.fromEntries(Object.entries(fields).filter(([field]) => !faulty.has(field)));
  return [{ jobId, fields: { jobName: jobId, ...STAND_IN, ...sound }, index }];
}

function toDeclared(value: unknown, index: number): DeclaredJob {
  const { jobId, ...fields } = value as { jobId: string } & Record<string, unknown>;
  return { jobId, fields: { jobName: jobId, ...fields }, index };
}
