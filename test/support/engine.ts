/** A whole engine in virtual time, from the users' testing kit; and a job that says when it was called. */
import type { JobFunction } from '../../src/modules/foundation/domain/job-definition.ts';

export * from '../../src/testing/engine.ts';

/** A job function that keeps the nominal times it was called for, in ISO text. */
export function recordingJob(): JobFunction & { readonly calls: string[] } {
  const calls: string[] = [];
  return Object.assign(
    ((_kwargs, context) => void calls.push(context.scheduledAt.toISOString())) satisfies JobFunction,
    { calls },
  );
}
