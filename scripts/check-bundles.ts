/**
 * What a host takes along: each entry of the library bundled and weighed, and the Worker as Cloudflare gets it. A budget a
 * line; and nothing in the Worker that has no business there.
 */
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

interface Budget {
  readonly entry: string;
  /** Minified and gzipped, in kB of 1,000 bytes. */
  readonly maxKb: number;
  /** True: with its dependencies, as a Worker or a browser gets it. False: its own code alone. */
  readonly isWhole: boolean;
}

/** `carillon/client` is types and Hono's client; `carillon/time` is what a browser may carry. */
const BUDGETS: readonly Budget[] = [
  { entry: 'src/index.ts', maxKb: 142, isWhole: false },
  { entry: 'src/node.ts', maxKb: 151, isWhole: false },
  { entry: 'src/deno.ts', maxKb: 153, isWhole: false },
  { entry: 'src/bun.ts', maxKb: 151, isWhole: false },
  { entry: 'src/cloudflare.ts', maxKb: 139, isWhole: false },
  { entry: 'src/testing.ts', maxKb: 110, isWhole: false },
  { entry: 'src/client.ts', maxKb: 4, isWhole: true },
  { entry: 'src/time.ts', maxKb: 40, isWhole: true },
  { entry: 'src/main/cloudflare.ts', maxKb: 250, isWhole: true },
];

/** No Worker has a disk for the first, a scraper for the second, or the patience for the third. */
const NOT_IN_A_WORKER = /node_modules\/(@electric-sql|@opentelemetry|swagger-ui-dist|@hono\/node-server)\//;
/** Of what `nodejs_compat` gives, what postgres.js asks for. */
const NODE_IN_A_WORKER = new Set(['node:buffer', 'node:crypto', 'node:events', 'node:stream', 'node:net', 'node:tls']);

export interface BundleReport {
  readonly entry: string;
  readonly kb: number;
  readonly faults: readonly string[];
}

export async function weigh({ entry, maxKb, isWhole }: Budget): Promise<BundleReport> {
  const isWorker = entry.endsWith('main/cloudflare.ts');
  const { outputFiles, metafile } = await build({
    entryPoints: [`${ROOT}${entry}`],
    absWorkingDir: ROOT,
    bundle: true,
    minify: true,
    keepNames: isWorker,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'worker', 'browser'],
    external: ['node:*', 'cloudflare:*'],
    packages: isWhole ? 'bundle' : 'external',
    treeShaking: true,
    metafile: true,
    write: false,
    outdir: 'out',
    logLevel: 'silent',
  });
  const bytes = outputFiles.reduce((sum, file) => sum + gzipSync(file.contents).length, 0);
  const kb = Math.round(bytes / 100) / 10;
  const tooMuch = kb > maxKb ? [`${kb} kB gzipped, and its budget is ${maxKb} kB`] : [];
  return { entry, kb, faults: [...tooMuch, ...(isWorker ? strangersIn(metafile) : [])] };
}

/** Packages and builtins that a Worker must do without. */
export function strangersIn(metafile: Pick<Metafile, 'inputs' | 'outputs'>): string[] {
  const packages = Object.keys(metafile.inputs).filter((path) => NOT_IN_A_WORKER.test(path));
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  const builtins = imports.filter((found) => found.external === true && found.path.startsWith('node:'));
  return [
    ...packages.slice(0, 3).map((path) => `carries ${path}`),
    ...new Set(builtins.filter(({ path }) => !NODE_IN_A_WORKER.has(path)).map(({ path }) => `imports ${path}`)),
  ];
}

if (import.meta.main) {
  for (const budget of BUDGETS) {
    const { entry, kb, faults } = await weigh(budget);
    const what = budget.isWhole ? 'whole' : 'own code';
    console.log(`${faults.length === 0 ? '✓' : '✗'} ${entry}: ${kb} of ${budget.maxKb} kB gzipped, ${what}`);
    for (const fault of faults) console.log(`  ${fault}`);
    if (faults.length > 0) process.exitCode = 1;
  }
}
