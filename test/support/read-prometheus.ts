/** A monitor's reading of `/metrics`: by a parser that is not ours, whose types are said here. */
import parser from 'parse-prometheus-text-format';

export interface MetricFamily {
  readonly name: string;
  readonly type: string;
  readonly metrics: readonly MetricSample[];
}

export interface MetricSample {
  readonly value?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly count?: string;
  readonly sum?: string;
  readonly buckets?: Readonly<Record<string, string>>;
}

/** @throws where the text is not what the format allows */
export const readPrometheus: (text: string) => MetricFamily[] = parser;
