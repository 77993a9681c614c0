import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import type { CommandContext } from '../../../../src/cli/command-context.ts';
import { showStatus } from '../../../../src/cli/commands/show-status.ts';
import { JOB_STATES, type JobState } from '../../../../src/modules/foundation/domain/job-state.ts';
import type { SchedulerJson } from '../../../../src/modules/foundation/interface/http/contracts/scheduler.ts';

const AT = Date.UTC(2026, 0, 2, 12);

test('showStatus() says how long ago an instance was heard of, in minutes and ahead of this clock too', async () => {
  const iso = (atMs: number): string => new Date(atMs).toISOString();
  const instances = [-271_000, 3_000].map((renewedMs, index) => ({
    ...{ id: `i${index}`, hostname: 'host', runtime: 'node', version: '1.0.0', isLive: index === 1 },
    ...{ startedAt: iso(AT - 600_000), renewedAt: iso(AT + renewedMs), expiresAt: iso(AT) },
  }));
  const status: SchedulerJson = {
    ...{ at: iso(AT), mode: 'normal', checks: [], instanceId: 'i1', instances },
    jobs: { total: 0, states: Object.fromEntries(JOB_STATES.map((state) => [state, 0])) as Record<JobState, number> },
    ...{ runs: { running: 0, pending: 0 }, overdue: { jobs: 0, oldestAt: null, oldestMs: null } },
    lateness: { runs: 0, p50Ms: null, p95Ms: null, p99Ms: null, maxMs: null },
  };
  const printed: string[] = [];
  const context = {
    ...{ isJson: false, print: (text: string) => printed.push(text) },
    api: async () => ({
      server: 'http://localhost',
      routes: { admin: { scheduler: { $get: async () => Response.json(status) } } },
    }),
  } as unknown as CommandContext;
  await showStatus(context);
  const lines = stripVTControlCharacters(printed.join('')).split('\n');
  expect(lines.at(-2)).toMatch(/ {2}ended 4 min 31 s ago$/);
  expect(lines.at(-1)).toMatch(/ {2}3 s$/);
});
