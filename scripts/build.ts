/**
 * `npm run build`: the npm package in `dist/`, whole and ready to pack: compiled modules with their types, and a
 * package.json of its own. In the clone nothing reads it: everything runs from source.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

interface Manifest {
  readonly [name: string]: unknown;
  readonly exports: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly bin?: Readonly<Record<string, string>>;
}

/** The published package.json: what the root's says, with compiled paths and without what is only for this repository. */
export function publishedManifest(root: Manifest): Record<string, unknown> {
  const { node: _binary, ...dependencies } = root.dependencies;
  const compiled = (path: string): string => path.replace('./src/', './').replace(/[.]ts$/, '.js');
  const { name, version, description, license, type, bin } = root;
  return {
    ...{ name, version, description, license, type },
    engines: { node: '>=22' },
    sideEffects: ['./main/*.js', './cli/*.js', './modules/foundation/container.js'],
    exports: Object.fromEntries(
      Object.entries(root.exports).map(([entry, path]) => [
        entry,
        { types: compiled(path).replace(/[.]js$/, '.d.ts'), default: compiled(path) },
      ]),
    ),
    ...(bin === undefined
      ? {}
      : { bin: Object.fromEntries(Object.entries(bin).map(([command, path]) => [command, compiled(path)])) }),
    files: ['**/*.js', '**/*.d.ts', 'README.md', 'LICENSE', 'CHANGELOG.md'],
    dependencies,
  };
}

/** @throws where the compiler finds a fault */
export function buildPackage(outDir: string): void {
  rmSync(outDir, { recursive: true, force: true });
  const tsc = `${ROOT}node_modules/typescript/bin/tsc`;
  const { status, stdout } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', outDir], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`The package could not be compiled:\n${stdout}`);
  nameCompiledFiles(outDir);
  const manifest = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as Manifest;
  writeFileSync(`${outDir}/package.json`, `${JSON.stringify(publishedManifest(manifest), null, 2)}\n`);
  for (const file of ['README.md', 'LICENSE', 'CHANGELOG.md']) cpSync(`${ROOT}${file}`, `${outDir}/${file}`);
}

/** The compiler rewrites the paths of imports in code, and leaves them in declarations. */
function nameCompiledFiles(outDir: string): void {
  for (const file of readdirSync(outDir, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.d.ts')) continue;
    const text = readFileSync(`${outDir}/${file}`, 'utf8');
    writeFileSync(`${outDir}/${file}`, text.replaceAll(/((?:from |import\()['"][.][^'"]*)[.]ts(['"])/g, '$1.js$2'));
  }
}

if (import.meta.main) {
  buildPackage(`${ROOT}dist`);
  console.log('dist/ holds the package: npm pack ./dist');
}
