/** The engine's reasons are collected from its sources, SQL among them: one without Chinese words fails here. */
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { collectNodes, readTree } from '../../../../../../scripts/source-tree.ts';
import { chineseReason } from '../../../../../../src/modules/foundation/domain/words/reason-words.ts';

const ROOT = fileURLToPath(new URL('../../../../../..', import.meta.url));
const ENGINE =
  /^(src[/](modules[/]foundation[/](domain|application|infrastructure)|testing|main)[/]|drizzle[/].*[.]sql$)/;
/** Generated SQL stands in `drizzle/`; a job's state is no reason of an occurrence. */
const OTHERS = /[.]generated[.]|[/]words[/]|[/]job-state[.]/;
const FILES = readTree(ROOT).filter(({ path }) => ENGINE.test(path) && !OTHERS.test(path));

const CAUSES = 'overlap|limit|edited|outage|held|unresolved|invalid|expired|recorded|overtaken';
const WITH_CAUSE = new RegExp(`^(${CAUSES}): `);
const OF_TRIGGERS = /^the (job|schedule) was /;
/** Names of what holds such a text, or is called with one. */
const HOLDER = /^(reason|errorMessage|OVERTAKEN|RECORDED_ELSEWHERE|.*_REASON|.*_MESSAGE)$/;
const ABORT = /[.](abortAll|abortRuns)$/;

/** As a person reads it, a value in each gap; one that is glued to the end holds what may follow. */
function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  const parts = [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)];
  const isGlued = parts.at(-1) === '' && /[a-z)]$/.test(parts.at(-2)!);
  return (isGlued ? parts.slice(0, -1) : parts).join('7');
}

/** The texts within a statement. */
function quotedIn(sql: string): string[] {
  const quoted = sql.matchAll(/'([^'\n]*)'(?: [|][|] \w+ [|][|] '([^'\n]*)')?/g);
  return [...quoted].map(([, text, rest]) => (rest === undefined ? text! : `${text}7${rest}`));
}

function isHeld({ parent }: ts.Node): boolean {
  if (ts.isPropertyAssignment(parent) || ts.isVariableDeclaration(parent)) return HOLDER.test(parent.name.getText());
  return ts.isCallExpression(parent) && ABORT.test(parent.expression.getText());
}

const REASONS = FILES.flatMap((file) => {
  if (file.path.endsWith('.sql')) return quotedIn(file.text).filter((text) => OF_TRIGGERS.test(text));
  const isPlanner = file.path.endsWith('/domain/misfire.ts');
  const found = collectNodes(file, (node) => {
    const text = textOf(node);
    if (text === undefined) return undefined;
    if (ts.isTaggedTemplateExpression(node.parent)) return quotedIn(text).filter((each) => WITH_CAUSE.test(each));
    const isReason = WITH_CAUSE.test(text) || OF_TRIGGERS.test(text) || isPlanner || isHeld(node);
    return isReason && /^\w.*[a-z]{3} /.test(text) ? [text] : undefined;
  });
  return found.flat();
});

describe('chineseReason()', () => {
  test.each([
    ['a statement', 'overlap: a later occurrence took its place'],
    ['a step of one', 'expired: the schedule has no occurrence left'],
    ['the triggers', 'the job was deleted while this run waited'],
    ['a constant', 'overtaken: it was given back after a later occurrence of its job had been claimed'],
    ['the planner', 'later than the grace of 7 ms'],
    ['the shutdown', 'the service stops, and the run outlasted SHUTDOWN_GRACE'],
    ['an error', 'The process that ran this job ended, or lost its lease, before the run was over.'],
  ])('is asked for what the sources have in %s: %s', (_where, reason) => {
    expect(REASONS).toContain(reason);
  });

  test.each([...new Set(REASONS)])('has Chinese words for what the engine writes: %s', (reason) => {
    expect(chineseReason(reason)).toMatch(/\p{Script=Han}/u);
  });

  test('keeps what varies, in its place', () => {
    expect(chineseReason('later than the grace of 60000 ms, or beyond the catch-up limit of 3')).toBe(
      '超出 60000 毫秒的宽限期，或超出补跑上限 3',
    );
    expect(
      chineseReason('coalesced into one run (misfire policy is once); 5 of them later than the grace of 9 ms'),
    ).toBe('合并为一次执行（misfire 策略为 once）；其中 5 次超出 9 毫秒的宽限期');
    expect(chineseReason('attempt 2 failed: LOST')).toBe('第 2 次尝试失败：LOST');
    expect(chineseReason('overlap: as many runs were under way as its limit allows (2)')).toBe(
      '同时执行数已达上限（2）',
    );
  });

  test('says a reason within a reason', () => {
    expect(chineseReason('invalid: job_kwargs is not a JSON object.')).toBe('这一行有误（job_kwargs 不是 JSON 对象）');
  });

  test('leaves what somebody wrote as it is', () => {
    expect(chineseReason('database migration\nuntil {} noon')).toBe('database migration\nuntil {} noon');
    expect(chineseReason('connect ECONNREFUSED')).toBe('connect ECONNREFUSED');
  });
});
