/**
 * A process of its own over a PostgreSQL, whose time stands still: no timer of the scheduler ever fires, so that it does
 * nothing but what it hears of. `runs <url>` starts, and says which run begins; `<order> <url> …` never starts: it gives one
 * order, says the run's id, and ends.
 */
import { mergeRegistries } from '../../src/main/modules.ts';
import type { JobFunction } from '../../src/modules/foundation/domain/job-definition.ts';
import { PostgresDatabase } from '../../src/modules/foundation/infrastructure/persistence/drivers/postgres-database.ts';
import { databaseEngine } from './database-engine.ts';

const [role, url, subject = ''] = process.argv.slice(2);
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const bell: JobFunction = (_kwargs, { executionId, trigger }) => say(`begun ${executionId} ${trigger}`);
const modules = { test: { 'test.bell': bell } };
const database = new PostgresDatabase({ url: url! });
const { wired, lifespan } = databaseEngine(database, modules);
const by = { actor: 'operator' };

if (role === 'runs') {
  await lifespan.start();
  say(`${wired.feed.state} as ${wired.instance.id}`);
} else {
  await database.open();
  wired.directory.useRegistry(mergeRegistries(modules));
  say(`ordered ${await order()}`);
  await database.close();
}

async function order(): Promise<string | null> {
  if (role === 'trigger') return (await wired.jobAdmin.trigger(subject, by)).id;
  if (role === 'retry') return (await wired.runAdmin.retry(subject, by)).id;
  const range = { from: new Date('2026-01-01T00:00:00Z'), to: new Date('2026-01-01T00:00:01Z') };
  const { occurrences } = await wired.backfill.run(subject, range, by);
  return occurrences[0]!.executionId;
}
