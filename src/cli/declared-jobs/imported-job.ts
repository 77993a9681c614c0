/** A job from elsewhere, as it would be declared here. */
export interface ImportedJob {
  /** Where it came from: `line 3`, `job 2`. */
  readonly from: string;
  readonly jobId: string;
  /** Fields of the API, `jobId` not among them. */
  readonly fields: Readonly<Record<string, unknown>>;
  /** What it runs, for the table. */
  readonly runs: string;
  readonly warnings: readonly string[];
}

export interface ImportedFault {
  readonly from: string;
  readonly text: string;
  readonly message: string;
}

export interface ImportReading {
  readonly jobs: readonly ImportedJob[];
  readonly faults: readonly ImportedFault[];
}
