/** What a start loads: the least before the first answer, and nothing on the way that only a request or a command wants. */
import { build, type Metafile } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../support/service-process.ts';

type Output = Metafile['outputs'][string];

let outputs: Metafile['outputs'];
let first: Loaded;

interface Loaded {
  readonly sources: readonly string[];
  readonly packages: readonly string[];
}

/** All that is loaded with this chunk, whether anybody asks for it or not. */
function loadedWith(chunk: Output, seen = new Set<Output>()): Loaded {
  seen.add(chunk);
  const imports = chunk.imports.filter(({ kind }) => kind === 'import-statement');
  const others = imports.flatMap(({ path }) => outputs[path] ?? []).filter((other) => !seen.has(other));
  const below = others.map((other) => loadedWith(other, seen));
  return {
    sources: [...Object.keys(chunk.inputs), ...below.flatMap(({ sources }) => sources)],
    packages: [
      ...imports.filter(({ external }) => external).map(({ path }) => path),
      ...below.flatMap(({ packages }) => packages),
    ].filter((path) => !path.startsWith('node:')),
  };
}

function chunkOf(entryPoint: string): Output {
  const found = Object.values(outputs).find((output) => output.entryPoint === entryPoint);
  if (found === undefined) throw new Error(`${entryPoint} is in no chunk of its own.`);
  return found;
}

beforeAll(async () => {
  const { metafile } = await build({
    ...{ entryPoints: ['src/main/node.ts'], absWorkingDir: ROOT, outdir: 'out', write: false, metafile: true },
    ...{ bundle: true, splitting: true, format: 'esm', platform: 'node', packages: 'external', logLevel: 'silent' },
  });
  outputs = metafile.outputs;
  first = loadedWith(chunkOf('src/main/node.ts'));
});

describe('a start of the service', () => {
  it('loads the settings and the server before its first answer, and nothing else', () => {
    expect(new Set(first.packages)).toEqual(new Set(['@hono/node-server', 'valibot']));
    expect(first.sources.length).toBeLessThan(20);
  });

  it('loads no metrics, embedded database, reference page or command line with the application', () => {
    const { packages } = loadedWith(chunkOf('src/main/run-application.ts'));
    expect(packages).toContain('hono');
    expect(packages.join(' ')).not.toMatch(
      /opentelemetry|pglite|postgres|swagger|commander|yaml|drizzle-kit|cli-table/,
    );
  });
});
