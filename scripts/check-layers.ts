/**
 * Runs the table of layer rules over a source tree. Invariant: a run that read no module is an error, never a pass
 * (dependency-cruiser without a TypeScript that it can read finds "no violations" in nothing).
 */
import { fileURLToPath } from 'node:url';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { LAYER_RULES } from './layer-rules.ts';

export interface LayerViolation {
  rule: string;
  from: string;
  to: string;
}
export interface LayerReport {
  modules: number;
  violations: LayerViolation[];
}

/** Reads every module under `root`/src and reports the imports that a rule forbids. */
export async function checkLayers(root: string): Promise<LayerReport> {
  const { output } = await cruise(['src'], {
    baseDir: root,
    ruleSet: { forbidden: LAYER_RULES },
    validate: true,
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    extraExtensionsToScan: [],
  });
  const { modules, summary } = output as ICruiseResult;
  const sources = modules.filter(({ source }) => source.startsWith('src/'));
  if (sources.length === 0) throw new Error(`no module was read under ${root}/src`);
  const violations = summary.violations.map(({ rule, from, to, cycle }) => ({
    rule: rule.name,
    from,
    to: cycle?.map(({ name }) => name).join(' → ') ?? to,
  }));
  return { modules: sources.length, violations };
}

if (import.meta.main) {
  const { modules, violations } = await checkLayers(fileURLToPath(new URL('..', import.meta.url)));
  for (const { rule, from, to } of violations) console.error(`${from} → ${to}\n    ${rule}`);
  console.log(`${modules} modules, ${LAYER_RULES.length} rules, ${violations.length} violations`);
  if (violations.length > 0) process.exitCode = 1;
}
