/**
 * Loaded into a service under test before it starts (`--import`): measures each of its calls to PostgreSQL by itself, and
 * prints at its end what came of them. Whether one goes on past its deadline is judged by a timer of the same process, so
 * that a machine under load, which delays both, changes nothing.
 */
import { DEFAULT_DEADLINE_MS } from '../../src/modules/foundation/infrastructure/persistence/database.ts';
import { PostgresDatabase } from '../../src/modules/foundation/infrastructure/persistence/drivers/postgres-database.ts';

export interface MeasuredCalls {
  readonly calls: number;
  readonly failed: number;
  readonly longestMs: number;
  /** Calls that were not settled a moment after their deadline, by the method's name. */
  readonly overdue: readonly string[];
  /** Calls that the process left unsettled. */
  readonly unsettled: readonly string[];
  /** What nobody caught, of exceptions and of rejections. */
  readonly uncaught: readonly string[];
}

const MARK = 'measured calls: ';
const MOMENT_MS = 500;

/** Of what a service printed that has ended. */
export function readMeasuredCalls(output: string): MeasuredCalls {
  const line = output.split('\n').find((text) => text.startsWith(MARK));
  if (line === undefined) throw new Error(`It measured nothing:\n${output.slice(-2_000)}`);
  return JSON.parse(line.slice(MARK.length));
}

function measure(): void {
  const came = { calls: 0, failed: 0, longestMs: 0, overdue: [] as string[], uncaught: [] as string[] };
  const underWay = new Map<number, string>();
  const measured = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const id = (came.calls += 1);
    const startedAt = performance.now();
    underWay.set(id, name);
    const timer = setTimeout(() => came.overdue.push(name), DEFAULT_DEADLINE_MS + MOMENT_MS);
    try {
      return await work();
    } catch (error) {
      came.failed += 1;
      throw error;
    } finally {
      clearTimeout(timer);
      underWay.delete(id);
      came.longestMs = Math.max(came.longestMs, Math.round(performance.now() - startedAt));
    }
  };
  const methods = PostgresDatabase.prototype as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
  // `notify` asks through `rows`.
  for (const name of ['rows', 'query', 'now', 'listen']) {
    const method = methods[name]!;
    methods[name] = function (this: unknown, ...args: unknown[]) {
      return measured(name, () => method.apply(this, args));
    };
  }
  for (const event of ['uncaughtException', 'unhandledRejection'])
    process.on(event, (error: unknown) => came.uncaught.push(`${event}: ${String(error)}`));
  process.on('exit', () => console.log(MARK + JSON.stringify({ ...came, unsettled: [...underWay.values()] })));
}

if (process.env['MEASURE_CALLS'] !== undefined) measure();
