import { describe, expect, test } from 'vitest';
import { createApp } from '../../../../../../../src/modules/foundation/interface/http/app.ts';
import { readReferenceFile } from '../../../../../../../src/main/reference-files.ts';
import { inMemoryService } from '../../../../../../support/in-memory-service.ts';
import { contractClientOf } from '../contract-client.ts';

const { deps } = inMemoryService();
const send = contractClientOf({ app: createApp({ ...deps, readReferenceFile }) });

describe('GET /docs', () => {
  test('loads nothing from elsewhere, and runs no script but its own files', async () => {
    const { status, headers, text } = await send('GET /docs', { as: 'viewer' });
    expect(status).toBe(200);
    expect(headers.get('content-security-policy')).toMatch(/^default-src 'none';.* script-src 'self';/);
    const addresses = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address]) => address!);
    expect(addresses).toEqual(['docs/swagger-ui.css', 'docs/swagger-ui-bundle.js', 'docs/start.js']);
    expect(text).not.toMatch(/<script>|\son\w+=|https?:/);
    for (const address of addresses) {
      expect((await send(`GET /${address}`, { as: 'viewer' })).text.length, address).toBeGreaterThan(50);
    }
  });

  test('needs a token or a session, and its files too', async () => {
    for (const path of ['/docs', '/docs/swagger-ui.css', '/docs/start.js'] as const) {
      expect((await send(`GET ${path}`, { as: null })).status).toBe(401);
    }
  });

  test('says so where a deployment carries no files', async () => {
    const { readReferenceFile: _left, ...without } = deps;
    const { status, text } = await contractClientOf({ app: createApp(without) })('GET /docs');
    expect(status).toBe(200);
    expect(text).toContain('carries no reference page');
    expect(text).not.toContain('<script');
  });
});
