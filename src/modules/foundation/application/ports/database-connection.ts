/** The database as something that may be away: opened, migrated, probed. What is read from it has its own ports. */
export interface DatabaseConnection {
  /** `PostgreSQL` or `embedded database`: what a stranger may know. */
  readonly kind: string;
  /** `PostgreSQL 18.4 at host:port/name` or `embedded database in ./data`; tells no secret, and is not for strangers. */
  readonly description: string;
  /** Opens it and applies the migrations under a lock. May be called again after a failure. @throws DatabaseUnavailableError … */
  open(): Promise<void>;
  /** The database's clock, in milliseconds since 1970. @throws DatabaseUnavailableError within its deadline */
  now(): Promise<number>;
  close(): Promise<void>;
}
