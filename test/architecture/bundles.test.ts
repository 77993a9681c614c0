/** The Worker's bundle: small enough, and without what has no business there; the check sees what is planted. */
import { expect, it } from 'vitest';
import { strangersIn, weigh } from '../../scripts/check-bundles.ts';

it('weigh() finds the Worker within its budget and without strangers', { timeout: 60_000 }, async () => {
  const report = await weigh({ entry: 'src/main/cloudflare.ts', maxKb: 250, isWhole: true });
  expect(report.faults).toEqual([]);
});

it('weigh() says what is over its budget', { timeout: 60_000 }, async () => {
  const report = await weigh({ entry: 'src/client.ts', maxKb: 0.1, isWhole: true });
  expect(report.faults).toEqual([expect.stringMatching(/its budget is 0.1 kB/)]);
});

it('weigh() finds the embedded database and OpenTelemetry where they are carried', { timeout: 60_000 }, async () => {
  const inputs = {
    'node_modules/@electric-sql/pglite/dist/index.js': { bytes: 1, imports: [] },
    'node_modules/@opentelemetry/api/build/index.js': { bytes: 1, imports: [] },
  };
  const imports = [{ path: 'node:fs', kind: 'import-statement', external: true } as const];
  const output = { bytes: 1, inputs: {}, imports, exports: [] };
  expect(strangersIn({ inputs, outputs: { 'out.js': output } })).toEqual([
    'carries node_modules/@electric-sql/pglite/dist/index.js',
    'carries node_modules/@opentelemetry/api/build/index.js',
    'imports node:fs',
  ]);
});
