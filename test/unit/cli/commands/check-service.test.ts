import { describe, expect, test } from 'vitest';
import { checkAnswers } from '../../../../src/cli/commands/check-service.ts';
import { refusedPort, startHttpServer } from '../../../support/http-server.ts';

const asked = (server: string) => checkAnswers({ options: { server, token: 't' } });

describe('checkAnswers()', () => {
  test('says of a service how it does', async () => {
    const report = { mode: 'normal', checks: [{ name: 'database', ok: true, detail: 'is there' }] };
    await using server = await startHttpServer((_request, response) => response.end(JSON.stringify(report)));
    expect(await asked(server.origin)).toMatchObject({ state: 'good', detail: `answers at ${server.origin}: normal` });
  });

  test.for(['<html>', '', 'null', '{}', '{"mode":"normal","checks":5}', '{"mode":"normal","checks":[null]}'])(
    'finds a fault in %j, which is the answer of somebody else',
    async (text) => {
      await using server = await startHttpServer((_request, response) => response.end(text));
      expect(await asked(server.origin)).toMatchObject({
        ...{ state: 'fault', detail: `${server.origin} answered with something that is no answer of Carillon` },
      });
    },
  );

  test('notices that nobody answers, which is no fault', async () => {
    const port = await refusedPort();
    expect(await asked(`http://127.0.0.1:${port}`)).toMatchObject({
      state: 'notice',
      advice: 'Start one: carillon start',
    });
  });

  test('finds a fault in an address with a password, and advises no start', async () => {
    const finding = await asked('http://admin:sesame@127.0.0.1:9');
    expect(finding).toMatchObject({
      state: 'fault',
      detail: expect.stringContaining('holds a user name or a password'),
    });
    expect(JSON.stringify(finding)).not.toMatch(/sesame|carillon start/);
  });
});
