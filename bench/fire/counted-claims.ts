/** Counts, in this process, the fires that are claimed, and those that are claimed in vain. */
import { PostgresFireClaims } from '../../src/modules/foundation/infrastructure/persistence/postgres-fire-claims.ts';

export interface ClaimCount {
  asked: number;
  moved: number;
}

export function countClaims(): ClaimCount {
  const count: ClaimCount = { asked: 0, moved: 0 };
  // oxlint-disable-next-line typescript/unbound-method -- It is called with the object that it is asked of.
  const { claim } = PostgresFireClaims.prototype;
  PostgresFireClaims.prototype.claim = async function counted(instanceId, fires, options) {
    const answer = await claim.call(this, instanceId, fires, options);
    count.asked += fires.length;
    count.moved += answer.moved.size;
    return answer;
  };
  return count;
}
