/** A database whose connection a test can cut and mend. Closing it leaves the database behind it open, for the next test. */
import type { SQL } from 'drizzle-orm';
import { DatabaseUnavailableError } from '../../src/modules/foundation/domain/errors.ts';
import type {
  Database,
  ListenHandlers,
  Orm,
} from '../../src/modules/foundation/infrastructure/persistence/database.ts';

export class SeverableDatabase implements Database {
  readonly #behind: Database;
  isCut = false;

  constructor(behind: Database) {
    this.#behind = behind;
  }

  get kind(): string {
    return this.#behind.kind;
  }

  get description(): string {
    return this.#behind.description;
  }

  async open(): Promise<void> {
    this.#reach();
    await this.#behind.open();
  }

  async now(): Promise<number> {
    this.#reach();
    return this.#behind.now();
  }

  async query<T>(work: (orm: Orm) => Promise<T>): Promise<T> {
    this.#reach();
    return this.#behind.query(work);
  }

  async rows<Row extends Record<string, unknown>>(statement: SQL): Promise<Row[]> {
    this.#reach();
    return this.#behind.rows<Row>(statement);
  }

  async notify(channel: string, ...payloads: readonly string[]): Promise<void> {
    this.#reach();
    await this.#behind.notify(channel, ...payloads);
  }

  async listen(channel: string, handlers: ListenHandlers): Promise<() => Promise<void>> {
    this.#reach();
    return this.#behind.listen(channel, handlers);
  }

  async close(): Promise<void> {}

  #reach(): void {
    if (this.isCut) throw new DatabaseUnavailableError('The connection to the database is cut.');
  }
}
