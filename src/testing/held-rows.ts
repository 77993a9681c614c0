/**
 * Rows that somebody holds in a transaction of their own, as a session or another replica's statement does. Invariant: who
 * passes over a held row changes nothing of it; who needs it has no effect before it is let go.
 */
import { DatabaseBusyError } from '../modules/foundation/domain/errors.ts';

export class HeldRows {
  /** Job ids. */
  readonly cursors = new Set<string>();
  /** Job ids: nobody edits them, nor adds what refers to them. */
  readonly configs = new Set<string>();
  /** Execution ids: nobody changes them, nor adds what they may keep away. */
  readonly records = new Set<string>();

  /** @throws DatabaseBusyError where somebody holds one of these records */
  needRecords(ids: readonly string[]): void {
    if (ids.some((id) => this.records.has(id))) throw new DatabaseBusyError('Somebody else holds a record.');
  }

  /** @throws DatabaseBusyError where somebody holds the configuration */
  needConfig(jobId: string): void {
    if (this.configs.has(jobId)) throw new DatabaseBusyError('Somebody else holds a configuration.');
  }

  release(): void {
    for (const rows of [this.cursors, this.configs, this.records]) rows.clear();
  }
}
