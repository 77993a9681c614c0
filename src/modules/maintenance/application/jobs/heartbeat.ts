/**
 * The job function `maintenance.heartbeat`: the visible sign that the scheduler rings, seeded on the first start. It
 * touches nothing.
 */
import * as v from 'valibot';
import { defineJob, type JobDefinition } from '../../../foundation/index.ts';

export interface HeartbeatResult {
  ringing: 'ok';
  /** When it rang, RFC 3339. */
  at: string;
  jobId: string;
}

/** @param now wall-clock milliseconds since 1970 */
export function createHeartbeatJob(now: () => number): JobDefinition {
  return defineJob({
    description: 'Does nothing but ring: logs one line and returns when.',
    kwargs: v.strictObject({}),
    run: (_kwargs, context): HeartbeatResult => {
      const result = { ringing: 'ok', at: new Date(now()).toISOString(), jobId: context.jobId } as const;
      context.logger.info('The bell rings.', { at: result.at });
      return result;
    },
  });
}
