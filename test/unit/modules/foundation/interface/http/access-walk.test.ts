import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { adminApi, type AppDeps, createApp } from '../../../../../../src/modules/foundation/interface/http/app.ts';
import { type MakeApp, walkRoutes } from './access-walk.ts';

function unguarded(deps: AppDeps): Hono {
  const app = new Hono().route(deps.basePath || '/', adminApi(deps));
  app.onError((_error, c) => c.body(null, 500));
  return app;
}

/** A guard with a hole: what it takes for a path is not the one that the router takes. */
function holed(opens: (path: string, method: string) => boolean): MakeApp {
  return (deps) => {
    const [guarded, open] = [createApp(deps), unguarded(deps)];
    return {
      fetch: (request) =>
        opens(decodeURIComponent(new URL(request.url).pathname), request.method)
          ? open.fetch(request)
          : guarded.fetch(request),
    };
  };
}

describe('createApp() lets nobody', () => {
  test.each(['', '/carillon'])(
    'do what is not theirs, however the path is spelled (base path %j)',
    async (basePath) => {
      const { trespasses, reached, requests } = await walkRoutes(basePath);
      expect(trespasses).toEqual([]);
      expect(reached.size).toBeGreaterThanOrEqual(17);
      expect(requests).toBeGreaterThan(15_000);
    },
    300_000,
  );
});

describe('walkRoutes() finds a hole', () => {
  test.each([
    ['a path that only ends like an open one', (path: string) => path.endsWith('/livez')],
    [
      'a method that nobody thought of',
      (path: string, method: string) => method === 'PATCH' && path === '/admin/jobs/warm-cache',
    ],
    ['a trailing slash', (path: string) => path.endsWith('/trigger')],
  ])(
    '%s',
    async (_title, opens) => {
      expect((await walkRoutes('', holed(opens))).trespasses).not.toEqual([]);
    },
    300_000,
  );
});
