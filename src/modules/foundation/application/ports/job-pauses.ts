/** Stops a job's schedule for a while, and lets it go on. Its cursor stays where it is, at the first occurrence held up. */
import type { JobConfig } from '../../domain/job-config.ts';

export interface PauseOrder {
  readonly jobId: string;
  readonly actor: string;
  readonly reason: string | null;
  /** null: until somebody resumes it. */
  readonly until: Date | null;
}

export interface ResumeOrder {
  readonly jobId: string;
  readonly actor: string;
  /** What fell into the pause is judged by the misfire policy, rather than told and left out. */
  readonly catchUp: boolean;
}

export interface JobPauses {
  /** With its audit event, in one statement; one that is paused already gets the new reason and end. @returns null: no such job */
  pause(order: PauseOrder): Promise<JobConfig | null>;
  /** With its audit event, in one statement; one that is not paused stays as it is. @returns null: no such job */
  resume(order: ResumeOrder): Promise<JobConfig | null>;
}
