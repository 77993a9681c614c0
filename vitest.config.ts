/** How the tests run: in forked processes, with one PostgreSQL server a run, started when the first test asks for it. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/postgres-server.ts'],
    setupFiles: ['test/support/property-seed.ts'],
    pool: 'forks',
    testTimeout: 20_000,
    hookTimeout: 60_000,
    // drizzle-orm's package.json is 179 KB and Node parses it again for each of its modules: bundled, it loads at once.
    server: { deps: { inline: [/drizzle-orm/] } },
  },
});
