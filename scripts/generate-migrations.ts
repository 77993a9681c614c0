/**
 * Owns the embedded copy of the migrations: what `drizzle/` says, as a module that every runtime can import, one without
 * a file system too. `--check` writes nothing and exits with 1 when the copy is stale.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = new URL('../drizzle/', import.meta.url);
const target = new URL('../src/modules/foundation/infrastructure/persistence/migrations.generated.ts', import.meta.url);

interface Journal {
  readonly entries: readonly { readonly tag: string; readonly when: number }[];
}

/** The module's text. Hash and time are drizzle-kit's own: sha256 of the whole file, the journal's `when`. */
export function renderMigrations(): string {
  const journal: Journal = JSON.parse(readFileSync(new URL('meta/_journal.json', folder), 'utf8'));
  const entries = journal.entries.map(({ tag, when }) => {
    const text = readFileSync(new URL(`${tag}.sql`, folder), 'utf8');
    const hash = createHash('sha256').update(text).digest('hex');
    return `  {\n    tag: '${tag}',\n    when: ${when},\n    hash: '${hash}',\n    sql: ${asTemplate(text)},\n  },\n`;
  });
  return [
    '// Generated from drizzle/ by scripts/generate-migrations.ts (npm run generate). Do not edit.\n',
    "import type { Migration } from './migrate.ts';\n\n",
    'export const migrations: readonly Migration[] = [\n',
    ...entries,
    '];\n',
  ].join('');
}

function asTemplate(text: string): string {
  return '`' + text.replaceAll('\\', '\\\\').replaceAll('`', '\\`').replaceAll('${', '\\${') + '`';
}

function main(): void {
  const wanted = renderMigrations();
  if (!process.argv.includes('--check')) {
    writeFileSync(target, wanted);
    return;
  }
  let found = '';
  try {
    found = readFileSync(target, 'utf8');
  } catch {
    // Missing is stale.
  }
  if (found === wanted) return;
  console.error(`${fileURLToPath(target)} is not what drizzle/ says. Run: npm run generate`);
  process.exitCode = 1;
}

if (import.meta.main) main();
