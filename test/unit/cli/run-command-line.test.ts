import { afterEach, expect, test, vi } from 'vitest';
import { runCommandLine } from '../../../src/cli/run-command-line.ts';
import { startHttpServer } from '../../support/http-server.ts';

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

test('runCommandLine() lets nothing of a refusal steer the terminal', async () => {
  const errors = [{ path: 'notes', message: '\u001B[8mhidden\u009B2J\nbelow' }];
  const problem = JSON.stringify({ code: 'X', title: '\u001B[8mtitle', detail: 'd', errors });
  await using server = await startHttpServer((_request, response) => response.writeHead(422).end(problem));
  const told = vi.spyOn(console, 'error').mockReturnValue();
  await runCommandLine(['node', 'carillon', '--server', server.origin, '--token', 't', 'jobs', 'show', 'a']);
  const text = told.mock.calls.flat().join('');
  expect(text).toContain('  notes:  [8mhidden 2J below');
  expect(text).toContain(' [8mtitle:');
  expect(text).not.toContain('\u001B[8m');
  expect(process.exitCode).toBe(1);
});
