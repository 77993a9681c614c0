/** A service that answers before its database does: alive at once, not ready, and told so; ready when the database is. */
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import { createEmptyDatabase } from '../support/databases.ts';
import { eventually } from '../support/eventually.ts';
import { startPostgresProxy } from '../support/postgres-proxy.ts';
import { spawnService } from '../support/service-process.ts';

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  return port;
}

it.each(['node', 'deno', 'bun'] as const)(
  'the service on %s answers while its database does not',
  async (runtime) => {
    const proxy = await startPostgresProxy(await createEmptyDatabase());
    proxy.blackHole();
    const port = await freePort();
    const env = { DATABASE_URL: proxy.url, PORT: String(port), DENO_SERVE_ADDRESS: `tcp:127.0.0.1:${port}` };
    const service = spawnService({ runtime, env });
    service.address = `http://127.0.0.1:${port}`;
    const alive = await eventually(() => fetch(`${service.address}/livez`), 30_000);
    expect(await alive.json()).toEqual({ status: 'ok' });
    const { status, body } = await service.call('GET', '/readyz');
    expect([status, body.mode]).toEqual([503, 'degraded']);
    expect(body.checks).toContainEqual(expect.objectContaining({ name: 'migrations', ok: false }));
    expect((await fetch(`${service.address}/admin/jobs`)).status).toBe(401);
    expect((await service.call('GET', '/admin/jobs')).body).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
    expect((await service.call('GET', '/admin/registry')).body.items).not.toHaveLength(0);
    expect(service.output).not.toContain('ready at');
    proxy.heal();
    await service.printed(/ready at/);
    await eventually(async () => expect((await service.call('GET', '/readyz')).status).toBe(200), 30_000);
    expect(await service.stop()).toBe(0);
    await proxy.stop();
  },
  90_000,
);
