/** What runs have said, in a map. */
import type { RunOutput, RunOutputs } from '../../src/modules/foundation/application/ports/run-outputs.ts';
import type { RunLogLine } from '../../src/modules/foundation/domain/run-output.ts';

export class InMemoryRunOutputs implements RunOutputs {
  readonly lines = new Map<string, RunLogLine[]>();

  async write({ executionId, lines }: RunOutput): Promise<boolean> {
    this.lines.set(executionId, [...(this.lines.get(executionId) ?? []), ...lines]);
    return true;
  }

  async getLines(executionId: string, { after, limit }: { after: number; limit: number }): Promise<RunLogLine[]> {
    return (this.lines.get(executionId) ?? []).filter(({ line }) => line > after).slice(0, limit);
  }
}
