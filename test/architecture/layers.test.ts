/** The import graph: that the rules find what they should, and find nothing in this repository. */
import { expect, test } from 'vitest';
import { checkLayers, type LayerViolation } from '../../scripts/check-layers.ts';
import { LAYER_RULES } from '../../scripts/layer-rules.ts';
import { plantTree, REPOSITORY } from './planted-tree.ts';

const FOUNDATION = 'src/modules/foundation';

/** A small house in order: each arrow that the rules allow is in it. */
const SOUND_TREE: Record<string, string> = {
  'src/main/node.ts': `
    import '../modules/foundation/container.ts';
    import '../modules/billing/application/job-registry.ts';
    import '@hono/node-server';`,
  'src/modules/billing/application/job-registry.ts': `
    import '../../foundation/index.ts';
    import '../domain/invoice.ts';`,
  'src/modules/billing/domain/invoice.ts': 'export {};',
  [`${FOUNDATION}/index.ts`]: `export { run } from './domain/run.ts';`,
  [`${FOUNDATION}/tokens.ts`]: `import 'tsyringe';`,
  [`${FOUNDATION}/container.ts`]: `
    import 'reflect-metadata';
    import 'tsyringe';
    import './tokens.ts';
    import './application/loop.ts';
    import './infrastructure/persistence/repository.ts';
    import './interface/http/app.ts';`,
  [`${FOUNDATION}/domain/run.ts`]: `
    import 'cron-schedule';
    import type { Outcome } from './outcome.ts';
    export const run = (outcome: Outcome): Outcome => outcome;`,
  [`${FOUNDATION}/domain/outcome.ts`]: `
    import { run } from './run.ts';
    export type Outcome = string;
    export const outcome = run('SUCCESS');`,
  [`${FOUNDATION}/application/loop.ts`]: `import '../domain/run.ts'; import './ports/clock.ts';`,
  [`${FOUNDATION}/application/ports/clock.ts`]: `import '../../domain/run.ts';`,
  [`${FOUNDATION}/infrastructure/persistence/repository.ts`]: `
    import 'drizzle-orm/pg-core';
    import 'postgres';
    import '../../application/ports/clock.ts';
    import '../../domain/run.ts';`,
  'src/cli/carillon.ts': `
    import type {} from '../modules/foundation/interface/http/app.ts';
    import '../modules/foundation/domain/run.ts';
    await import('../main/node.ts');`,
  [`${FOUNDATION}/interface/http/app.ts`]: `import 'hono'; import '../../application/loop.ts';`,
};

interface PlantedFault {
  rule: string;
  path: string;
  text: string;
}

/** Each breaks one rule, and that rule alone. */
const FAULTS: PlantedFault[] = [
  { rule: 'domain imports domain', path: `${FOUNDATION}/domain/a.ts`, text: `import '../application/loop.ts';` },
  { rule: 'domain imports domain', path: `${FOUNDATION}/domain/b.ts`, text: `import 'node:crypto';` },
  { rule: 'domain imports domain', path: `${FOUNDATION}/domain/c.ts`, text: `import 'uuid';` },
  {
    rule: 'application imports application and domain',
    path: `${FOUNDATION}/application/a.ts`,
    text: `import type {} from '../infrastructure/persistence/repository.ts';`,
  },
  {
    rule: 'infrastructure implements ports',
    path: `${FOUNDATION}/infrastructure/a.ts`,
    text: `import '../application/loop.ts';`,
  },
  {
    rule: 'interface drives application',
    path: `${FOUNDATION}/interface/http/a.ts`,
    text: `import '../../infrastructure/persistence/repository.ts';`,
  },
  {
    rule: 'index shows application and domain',
    path: `${FOUNDATION}/index.ts`,
    text: `export * from './infrastructure/persistence/repository.ts';`,
  },
  {
    rule: 'R4 foundation never imports a business module',
    path: `${FOUNDATION}/container.ts`,
    text: `await import('../billing/application/job-registry.ts');`,
  },
  {
    rule: 'business module imports foundation/index',
    path: 'src/modules/billing/a.ts',
    text: `import '../foundation/domain/run.ts';`,
  },
  {
    rule: 'business module imports foundation/index',
    path: 'src/modules/shipping/a.ts',
    text: `import '../billing/domain/invoice.ts';`,
  },
  {
    rule: 'modules never import main',
    path: `${FOUNDATION}/container.ts`,
    text: `import '../../main/settings.ts';`,
  },
  { rule: 'the service imports no testing kit', path: 'src/main/a.ts', text: `import '../testing/a-kit.ts';` },
  { rule: 'main alone reaches the container', path: 'src/a.ts', text: `import './modules/foundation/container.ts';` },
  {
    rule: 'the command line is a client: pure code, and the doors of main',
    path: 'src/cli/a.ts',
    text: `await import('../modules/foundation/application/loop.ts');`,
  },
  {
    rule: 'the command line is a client: pure code, and the doors of main',
    path: 'src/cli/a.ts',
    text: `await import('../main/bootstrap.ts');`,
  },
  {
    rule: 'the command line knows the API by its types',
    path: 'src/cli/a.ts',
    text: `await import('../modules/foundation/interface/http/app.ts');`,
  },
  { rule: 'src imports no test, script or bench', path: 'src/main/a.ts', text: `import '../../test/support/b.ts';` },
  {
    rule: 'persistence alone knows the database',
    path: `${FOUNDATION}/infrastructure/feed/a.ts`,
    text: `await import('@electric-sql/pglite');`,
  },
  { rule: 'persistence alone knows the database', path: 'src/main/a.ts', text: `import 'drizzle-orm';` },
  {
    rule: 'container and tokens alone know tsyringe',
    path: `${FOUNDATION}/application/a.ts`,
    text: `import 'tsyringe';`,
  },
  { rule: 'interface/http imports no node:', path: `${FOUNDATION}/interface/http/a.ts`, text: `import 'node:net';` },
  {
    rule: 'no value-import cycle',
    path: `${FOUNDATION}/application/a.ts`,
    text: `import { type Run, ring } from './a-loop.ts'; export const bell = (run: Run) => ring(run);`,
  },
];

/** Files that a fault points at, and that no sound tree has. */
const TARGETS: Record<string, string> = {
  'src/main/settings.ts': 'export {};',
  'src/main/bootstrap.ts': 'export {};',
  'test/support/b.ts': 'export {};',
  'src/testing/a-kit.ts': 'export {};',
};
/** The other half of the cycle. */
const CYCLE = {
  [`${FOUNDATION}/application/a-loop.ts`]: `
    import { bell } from './a.ts';
    export type Run = string;
    export const ring = (run: Run): unknown => bell(run);`,
};

async function violationsOf(files: Record<string, string>): Promise<LayerViolation[]> {
  using tree = plantTree({ ...SOUND_TREE, ...files });
  return (await checkLayers(tree.root)).violations;
}

test('checkLayers() finds nothing in a sound tree, a cycle of type imports among it', async () => {
  expect(await violationsOf({})).toEqual([]);
});

test.for(FAULTS)('checkLayers() finds the planted fault: $rule, $path', async ({ rule, path, text }) => {
  const cycle = rule === 'no value-import cycle' ? CYCLE : {};
  const found = await violationsOf({ ...TARGETS, ...cycle, [path]: `${SOUND_TREE[path] ?? ''}\n${text}` });
  expect([...new Set(found.map((each) => each.rule))]).toEqual([rule]);
  expect(found[0]?.from).toContain(path.replace(/a[.]ts$/, 'a'));
});

test('checkLayers() has a planted fault for each of its rules', () => {
  expect(new Set(FAULTS.map(({ rule }) => rule))).toEqual(new Set(LAYER_RULES.map(({ name }) => name)));
});

test('checkLayers() refuses a tree of which it read no module', async () => {
  using tree = plantTree({ 'src/readme.txt': '' });
  await expect(checkLayers(tree.root)).rejects.toThrow('no module was read');
});

test('R4 foundation never imports a business module, and every other import of src keeps its rule', async () => {
  const { modules, violations } = await checkLayers(REPOSITORY);
  expect(modules).toBeGreaterThan(50);
  expect(violations).toEqual([]);
});
