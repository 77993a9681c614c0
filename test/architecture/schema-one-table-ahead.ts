/** The schema with a table that no migration makes: the fault that check-schema.ts must find. */
import { pgTable, uuid } from 'drizzle-orm/pg-core';

export * from '../../src/modules/foundation/infrastructure/persistence/schema/jobs.ts';
export * from '../../src/modules/foundation/infrastructure/persistence/schema/runs.ts';
export * from '../../src/modules/foundation/infrastructure/persistence/schema/service.ts';
export const planted = pgTable('planted', { id: uuid().primaryKey() });
