/** The cells of the matrix: each combination of the five policies is one job. */
import {
  MISFIRE_POLICIES,
  type MisfirePolicy,
  ON_LOST,
  type OnLost,
  OUTAGE_POLICIES,
  type OutagePolicy,
  OVERLAP_POLICIES,
  type OverlapPolicy,
} from '../../../src/modules/foundation/domain/job-config.ts';

export interface Cell {
  readonly jobId: string;
  readonly misfirePolicy: MisfirePolicy;
  readonly overlapPolicy: OverlapPolicy;
  readonly maxAttempts: 1 | 3;
  readonly onLost: OnLost;
  readonly outagePolicy: OutagePolicy;
}

export const CELLS: readonly Cell[] = MISFIRE_POLICIES.flatMap((misfirePolicy) =>
  OVERLAP_POLICIES.flatMap((overlapPolicy) =>
    ([1, 3] as const).flatMap((maxAttempts) =>
      ON_LOST.flatMap((onLost) =>
        OUTAGE_POLICIES.map((outagePolicy) => ({
          jobId: `misfire=${misfirePolicy} overlap=${overlapPolicy} attempts=${maxAttempts} lost=${onLost} outage=${outagePolicy}`,
          ...{ misfirePolicy, overlapPolicy, maxAttempts, onLost, outagePolicy },
        })),
      ),
    ),
  ),
);
