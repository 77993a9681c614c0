/** A database that counts what it is asked. */
import type { SQL } from 'drizzle-orm';
import type {
  Database,
  ListenHandlers,
  Orm,
} from '../../src/modules/foundation/infrastructure/persistence/database.ts';

export class CountingDatabase implements Database {
  readonly #behind: Database;
  statements = 0;

  constructor(behind: Database) {
    this.#behind = behind;
  }

  get kind(): string {
    return this.#behind.kind;
  }

  get description(): string {
    return this.#behind.description;
  }

  open(): Promise<void> {
    return this.#behind.open();
  }

  now(): Promise<number> {
    this.statements += 1;
    return this.#behind.now();
  }

  query<T>(work: (orm: Orm) => Promise<T>): Promise<T> {
    this.statements += 1;
    return this.#behind.query(work);
  }

  rows<Row extends Record<string, unknown>>(statement: SQL): Promise<Row[]> {
    this.statements += 1;
    return this.#behind.rows<Row>(statement);
  }

  notify(channel: string, ...payloads: readonly string[]): Promise<void> {
    this.statements += 1;
    return this.#behind.notify(channel, ...payloads);
  }

  listen(channel: string, handlers: ListenHandlers): Promise<() => Promise<void>> {
    return this.#behind.listen(channel, handlers);
  }

  close(): Promise<void> {
    return this.#behind.close();
  }
}
