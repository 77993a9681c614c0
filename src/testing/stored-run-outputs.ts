/** What runs say, over the store in memory. */
import type { RunOutput, RunOutputs } from '../modules/foundation/application/ports/run-outputs.ts';
import type { RunLogLine } from '../modules/foundation/domain/run-output.ts';
import type { StoreLink } from './store-link.ts';

export class StoredRunOutputs implements RunOutputs {
  readonly #link: StoreLink;

  constructor(link: StoreLink) {
    this.#link = link;
  }

  write({ executionId, instanceId, progress, lines }: RunOutput): Promise<boolean> {
    const { executions, runLines } = this.#link.store;
    return this.#link.call('outputs.write', () => {
      const record = executions.get(executionId);
      if (record?.status !== 'RUNNING' || record.instanceId !== instanceId) return false;
      if (progress !== null) executions.set(executionId, { ...record, progress });
      const kept = runLines.get(executionId) ?? [];
      const added = lines.filter(({ line }) => !kept.some((one) => one.line === line));
      runLines.set(executionId, [...kept, ...added]);
      return true;
    });
  }

  getLines(executionId: string, { after, limit }: { after: number; limit: number }): Promise<RunLogLine[]> {
    return this.#link.call('outputs.getLines', () =>
      (this.#link.store.runLines.get(executionId) ?? []).filter(({ line }) => line > after).slice(0, limit),
    );
  }
}
