/**
 * The revision of each row as it was last read, the disabled ones too, and what has another one by now. Invariant: a sum that is
 * the same stands for the rows only so often in a row, and never where somebody knows of a gap in what he was told.
 */
import type { RevisionSum } from './ports/job-config-repository.ts';

const MOST_SKIPPED = 9;

export class SeenRevisions {
  #revisions: Map<string, number> = new Map();
  /** So many comparisons in a row were left to the sum. */
  #skipped = 0;

  get jobIds(): Iterable<string> {
    return this.#revisions.keys();
  }

  note(jobId: string, revision: number): void {
    this.#revisions.set(jobId, revision);
  }

  forget(jobId: string): void {
    this.#revisions.delete(jobId);
  }

  replaceBy(revisions: Map<string, number>): void {
    this.#revisions = revisions;
  }

  /** Changes may have been missed: next time the rows are compared, whatever their sum is. */
  noteGap(): void {
    this.#skipped = MOST_SKIPPED;
  }

  /** Is it worth comparing the rows? */
  async mayDiffer(readSum: () => Promise<RevisionSum>): Promise<boolean> {
    if (this.#skipped < MOST_SKIPPED && this.#isSum(await readSum())) {
      this.#skipped += 1;
      return false;
    }
    this.#skipped = 0;
    return true;
  }

  /** The jobs that have another revision, or none any more. @param revisions of all rows */
  differingFrom(revisions: ReadonlyMap<string, number>): string[] {
    const changed = [...revisions].filter(([jobId, revision]) => this.#revisions.get(jobId) !== revision);
    const gone = [...this.#revisions.keys()].filter((jobId) => !revisions.has(jobId));
    return [...changed.map(([jobId]) => jobId), ...gone];
  }

  #isSum({ rows, sum, newest }: RevisionSum): boolean {
    let [seenSum, seenNewest] = [0, 0];
    for (const revision of this.#revisions.values()) {
      seenSum += revision;
      seenNewest = Math.max(seenNewest, revision);
    }
    return rows === this.#revisions.size && sum === seenSum && newest === seenNewest;
  }
}
