/**
 * The one gate: every check in turn, cheapest first, a line each with how long it took; it stops at the first that
 * fails. A check is a script of package.json, so that each can be run alone.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface CheckStep {
  script: string;
  says: string;
}

export const CHECK_STEPS: CheckStep[] = [
  { script: 'format:check', says: 'the format is oxfmt’s' },
  { script: 'lint', says: 'no lint, floating promises among it' },
  { script: 'types', says: 'the types hold' },
  { script: 'layers', says: 'imports point one way; the house is in order' },
  { script: 'generate:check', says: 'generated files are current' },
  { script: 'bundles', says: 'no entry is over its budget; the Worker carries no stranger' },
  { script: 'test', says: 'the tests pass' },
];

export interface StepResult {
  passed: boolean;
  output: string;
}
export type RunStep = (script: string) => StepResult;

/** Runs the steps until one fails; answers with whether all passed. */
export function runChecks(steps: readonly CheckStep[], run: RunStep, print: (line: string) => void): boolean {
  for (const { script, says } of steps) {
    const startedAt = performance.now();
    const { passed, output } = run(script);
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    if (!passed) {
      print(`${output.trimEnd()}\n✗ ${script}, after ${seconds} s. Alone: npm run ${script}`);
      return false;
    }
    print(`✓ ${says} (${script}, ${seconds} s)`);
  }
  return true;
}

/** Tests take minutes and are shown as they run; of the other steps only what a failure printed. */
function runScript(script: string): StepResult {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { scripts: Record<string, string> };
  const command = scripts[script];
  if (command === undefined) return { passed: false, output: `package.json has no script ${script}` };
  const { status, stdout, stderr } = spawnSync(command, {
    cwd: root,
    shell: true,
    encoding: 'utf8',
    stdio: ['ignore', ...(script === 'test' ? (['inherit', 'inherit'] as const) : (['pipe', 'pipe'] as const))],
    env: { ...process.env, PATH: `${root}node_modules/.bin${delimiter}${process.env.PATH ?? ''}` },
    maxBuffer: 64 * 1024 * 1024,
  });
  return { passed: status === 0, output: `${stdout ?? ''}${stderr ?? ''}` };
}

if (import.meta.main && !runChecks(CHECK_STEPS, runScript, console.log)) process.exitCode = 1;
