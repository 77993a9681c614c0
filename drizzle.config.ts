/** drizzle-kit: `drizzle/` is generated from the schema, and applied to the database that `DATABASE_URL` names. */
import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'postgresql',
  schema: './src/modules/foundation/infrastructure/persistence/schema',
  out: './drizzle',
  dbCredentials: { url: process.env.DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/carillon' },
});
