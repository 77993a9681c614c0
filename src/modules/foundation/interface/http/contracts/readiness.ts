/** Whether the process lives, and whether it does its work. Tells no secret: nobody shows a token for it. */
import * as v from 'valibot';
import type { ReadinessReport } from '../../../application/ports/readiness.ts';

export const livenessSchema = v.pipe(v.strictObject({ status: v.literal('ok') }), v.metadata({ ref: 'Liveness' }));
export type LivenessJson = v.InferOutput<typeof livenessSchema>;

export const readinessEntries = {
  mode: v.picklist(['normal', 'degraded']),
  checks: v.array(
    v.strictObject({
      name: v.picklist(['database', 'migrations', 'scheduler', 'occurrences', 'changes']),
      ok: v.boolean(),
      detail: v.string(),
    }),
  ),
};

export const readinessSchema = v.pipe(
  v.strictObject(readinessEntries),
  v.metadata({
    ref: 'Readiness',
    examples: [{ mode: 'normal', checks: [{ name: 'database', ok: true, detail: 'Answered 2 s ago.' }] }],
  }),
);
export type ReadinessJson = v.InferOutput<typeof readinessSchema>;

/** What those are told who show no token: neither paths nor the names of hosts and databases. */
export function toOpenReadinessJson({ mode, checks }: ReadinessReport): ReadinessJson {
  return {
    mode,
    checks: checks.map(({ name, ok, detail, openDetail = detail }) => ({ name, ok, detail: openDetail })),
  };
}

export function toReadinessJson(report: ReadinessReport): ReadinessJson {
  return { mode: report.mode, checks: report.checks.map(({ name, ok, detail }) => ({ name, ok, detail })) };
}
