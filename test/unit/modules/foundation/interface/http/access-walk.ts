/**
 * A walk over the application's own routes, with every method, role and spelling of a path. What a request reaches is
 * seen at the use cases themselves, not in the answer's status: whoever gets there was let in.
 */
import type { Hono } from 'hono';
import { type Role, ROLES } from '../../../../../../src/modules/foundation/interface/http/access.ts';
import { type AppDeps, createApp } from '../../../../../../src/modules/foundation/interface/http/app.ts';
import type { HttpEnv } from '../../../../../../src/modules/foundation/interface/http/http-env.ts';
import { inMemoryService, TOKENS } from '../../../../../support/in-memory-service.ts';
import { METHODS, PATH_TRICKS } from './path-tricks.ts';

/** The least role of each use case, said once more here, apart from the guard's own table. `null`: open to everybody. */
// oxfmt-ignore
const LEAST_ROLE: Readonly<Record<string, Role | null>> = {
  'readiness.report': null,
  'jobAdmin.list': 'viewer', 'jobAdmin.get': 'viewer', 'jobAdmin.executions': 'viewer', 'jobAdmin.executionsOf': 'viewer',
  'jobAdmin.execution': 'viewer', 'jobAdmin.registry': 'viewer', 'jobAdmin.preview': 'viewer',
  'runLogs.report': 'viewer', 'runLogs.follow': 'viewer', 'live.watch': 'viewer',
  'status.report': 'viewer', 'metrics.render': 'viewer', 'readReferenceFile.call': 'viewer',
  'jobAdmin.trigger': 'operator', 'pausing.pause': 'operator', 'pausing.resume': 'operator',
  'backfill.run': 'operator', 'removal.remove': 'admin', 'jobLedger.events': 'viewer', 'jobLedger.why': 'viewer',
  'runAdmin.cancel': 'operator', 'runAdmin.retry': 'operator',
  'jobAdmin.put': 'admin', 'jobAdmin.patch': 'admin',
};
/** What is no use case: the walk does not wait for it. */
const NOT_USE_CASES = new Set(['logger', 'timers', 'tokens', 'basePath', 'now']);

/** A hole shows itself again and again. */
const ENOUGH = 20;

export interface Walk {
  /** Sent by somebody, who got to a use case that is not theirs. */
  readonly trespasses: readonly string[];
  /** Use cases that somebody got to at all. */
  readonly reached: ReadonlySet<string>;
  readonly requests: number;
}

export type MakeApp = (deps: AppDeps) => Pick<Hono<HttpEnv>, 'fetch'>;

export async function walkRoutes(basePath: string, makeApp: MakeApp = createApp): Promise<Walk> {
  const calls: string[] = [];
  const deps = recording({ ...inMemoryService({ basePath }).deps }, calls);
  const app = makeApp(deps);
  const trespasses: string[] = [];
  const reached = new Set<string>();
  let requests = 0;
  for (const request of spelledRequests(deps)) {
    if (trespasses.length >= ENOUGH) break;
    for (const role of [null, ...ROLES]) {
      calls.length = 0;
      requests += 1;
      await app.fetch(request(role));
      for (const call of calls) {
        reached.add(call);
        if (!isAllowed(call, role))
          trespasses.push(`${role ?? 'nobody'}: ${request(role).method} ${request(role).url} → ${call}`);
      }
    }
  }
  return { trespasses, reached, requests };
}

/** @throws for a use case that nobody has given a role here */
function isAllowed(call: string, role: Role | null): boolean {
  const least = LEAST_ROLE[call];
  if (least === undefined) throw new Error(`LEAST_ROLE does not say who may ${call}.`);
  return least === null || (role !== null && ROLES.indexOf(role) >= ROLES.indexOf(least));
}

/** The same, noting each call; what is called does nothing. */
function recording(deps: AppDeps, calls: string[]): AppDeps {
  const noted = Object.entries(deps).map(([name, dep]) => {
    if (NOT_USE_CASES.has(name)) return [name, dep];
    const note = (_target: object, method: string | symbol) => (): never => {
      calls.push(`${name}.${String(method)}`);
      throw new Error('Nothing is done here.');
    };
    return [name, typeof dep === 'function' ? note({}, 'call') : new Proxy({}, { get: note })];
  });
  return Object.fromEntries(noted) as AppDeps;
}

const BODIES: Readonly<Record<string, string>> = {
  PUT: '{"jobName": "A", "cronExpression": "* * * * *"}',
  PATCH: '{"notes": "A"}',
};

function* spelledRequests({ basePath, ...deps }: AppDeps): Generator<(role: Role | null) => Request> {
  const { routes } = createApp({ ...deps, basePath });
  const paths = routes
    .filter(({ method }) => method !== 'ALL')
    .map(({ path }) => path.replaceAll(/:\w+/g, 'warm-cache'));
  for (const path of [...new Set(paths), `${basePath}/`, `${basePath}/admin`, `${basePath}/nothing`]) {
    const bare = path.slice(basePath.length);
    const spellings = PATH_TRICKS.flatMap((trick) => [trick(path), `${basePath}${trick(bare)}`]);
    for (const spelled of new Set(spellings)) {
      for (const method of METHODS) yield (role) => requestOf(method, spelled, role);
    }
  }
}

function postedTo(path: string): string {
  if (path.includes('preview')) return '{"cronExpression": "* * * * *"}';
  return path.includes('backfill') ? '{"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"}' : '{}';
}

function requestOf(method: string, path: string, role: Role | null): Request {
  const body = method === 'GET' || method === 'HEAD' ? null : (BODIES[method] ?? postedTo(path));
  return new Request(new URL(`http://localhost${path}`), {
    method,
    body,
    headers: {
      'content-type': 'application/json',
      ...(role === null ? {} : { authorization: `Bearer ${TOKENS[role]}` }),
    },
  });
}
