import { expect, test } from 'vitest';
import type { CommandContext } from '../../../../src/cli/command-context.ts';
import { EXIT } from '../../../../src/cli/exit-status.ts';
import { explainJob } from '../../../../src/cli/commands/explain-job.ts';

test('explainJob() lets no error that its sentences quote steer the terminal', async () => {
  const why = {
    ...{ jobId: 'a', at: '2026-01-02T12:00:00.000Z', verdict: 'failed', pending: null },
    ...{ sentence: 'It failed: \u001B[8ma\u009B2J', sentenceZh: '失败：\u001B[8mb\u001B[2J' },
    ...{ occurrence: null, nearest: { before: null, after: null }, executions: [], events: [] },
  };
  const route = { why: { $get: async () => Response.json(why) } };
  const printed: string[] = [];
  const context = {
    ...{ isJson: false, print: (text: string) => printed.push(text) },
    api: async () => ({ routes: { admin: { jobs: { ':jobId': route } } } }),
  } as unknown as CommandContext;
  await explainJob(context, 'a', {});
  expect(printed.join('')).toContain('失败： [8mb [2J');
  // oxlint-disable-next-line eslint/no-control-regex -- what steers a terminal is what is looked for
  expect(printed.join('')).not.toMatch(/\u001B\[(8m|2J)|\u009B/);
});

test('explainJob() says how an offset is written', async () => {
  const asked = explainJob({} as CommandContext, 'a', { at: '2026-11-30T09:00:00+0800' });
  await expect(asked).rejects.toMatchObject({
    message: "'2026-11-30T09:00:00+0800' is no instant: say '2026-11-30T09:00:00+08:00'.",
  });
});

test.each(['nine', '', '2026-02-30T09:00', '2026-11-23T09:00+0800'])(
  'explainJob() takes %j for misuse, and asks no service of it',
  async (at) => {
    const asked = explainJob({} as CommandContext, 'a', { at });
    await expect(asked).rejects.toMatchObject({
      status: EXIT.usage,
      message: expect.stringContaining('is no instant'),
    });
  },
);
