/**
 * How a job was configured when: the versions that its edits made. Pure. Invariant: a version may be in force from when it was
 * asked for until the next one was answered, and is for certain from its own answer until the next one is asked for.
 */
import type { JobSpec } from '../../src/modules/foundation/domain/job-config.ts';

/** What is edited of jobs whose configuration changes. */
export interface JobVersion extends Pick<JobSpec, 'jobId' | 'cronExpression' | 'enabled' | 'overlapPolicy'> {
  /** Counts the edits; its runs have it among their arguments. */
  readonly version: number;
  readonly askedAtMs: number;
  readonly answeredAtMs: number;
}

/** When a version may have been in force, and when it was for certain; from the first instant on, and before the second. */
export interface InForce {
  readonly version: JobVersion;
  readonly mayBe: readonly [number, number];
  readonly surely: readonly [number, number];
}

/** @param versions of one job, in their order */
export function inForce(versions: readonly JobVersion[]): InForce[] {
  return versions.map((version, at) => {
    const next = versions[at + 1];
    const { askedAtMs, answeredAtMs } = version;
    return {
      version,
      mayBe: [askedAtMs, next?.answeredAtMs ?? Number.POSITIVE_INFINITY],
      surely: [answeredAtMs, next?.askedAtMs ?? Number.POSITIVE_INFINITY],
    };
  });
}
