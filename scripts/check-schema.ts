/**
 * Checks that drizzle/ says what the schema says: drizzle-kit, asked for the next migration, has none to write. It is
 * asked in a copy, because it writes what it finds.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const SCHEMA = './src/modules/foundation/infrastructure/persistence/schema';

interface SchemaReport {
  /** The migrations that the schema is ahead by. */
  missing: string[];
  /** What drizzle-kit printed, when it failed. */
  failure: string | null;
}

export function checkSchema(schema = SCHEMA): SchemaReport {
  mkdirSync(`${ROOT}reports`, { recursive: true });
  // drizzle-kit takes paths below the folder that it runs in, and no others.
  const folder = mkdtempSync(`${ROOT}reports/schema-`);
  try {
    cpSync(`${ROOT}drizzle`, folder, { recursive: true });
    const known = new Set(readdirSync(folder));
    const out = `./${folder.slice(ROOT.length)}`;
    const kit = ['node_modules/drizzle-kit/bin.cjs', 'generate', '--dialect=postgresql', `--schema=${schema}`];
    const { status, stdout, stderr } = spawnSync(process.execPath, [...kit, `--out=${out}`], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 60_000,
    });
    const missing = readdirSync(folder).filter((name) => !known.has(name));
    return { missing, failure: status === 0 ? null : `${stdout}${stderr}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const { missing, failure } = checkSchema();
  if (failure !== null) console.error(failure);
  if (missing.length > 0) console.error(`schema.ts is ahead of drizzle/ by ${missing.join(', ')}; npm run db:generate`);
  if (failure !== null || missing.length > 0) process.exitCode = 1;
  else console.log('drizzle/ says what the schema says');
}
