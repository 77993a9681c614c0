/**
 * The HTTP application, on web APIs alone: the same on every runtime. Owns the order of what stands before the routes.
 *
 * Invariant: a request meets, in this order, its id, the security headers, the guard, and only then anything that reads
 * its body; whatever is thrown behind them leaves as a problem.
 */
import { type Context, Hono } from 'hono';
import { methodNotAllowed } from 'hono/method-not-allowed';
import { requestId } from 'hono/request-id';
import { secureHeaders } from 'hono/secure-headers';
import type { JobAdmin } from '../../application/job-admin.ts';
import type { IdempotencyKeys } from '../../application/ports/idempotency-keys.ts';
import type { JobBackfill } from '../../application/job-backfill.ts';
import type { JobLedger } from '../../application/job-ledger.ts';
import type { JobRemoval } from '../../application/job-removal.ts';
import type { JobPausing } from '../../application/job-pausing.ts';
import type { RunAdmin } from '../../application/run-admin.ts';
import type { LiveEvents } from '../../application/live-events.ts';
import type { RunLogs } from '../../application/run-logs.ts';
import type { Logger } from '../../application/ports/logger.ts';
import type { Metrics } from '../../application/ports/metrics.ts';
import type { Readiness } from '../../application/ports/readiness.ts';
import type { Timers } from '../../application/ports/timers.ts';
import type { SchedulerStatus } from '../../application/scheduler-status.ts';
import { guard } from './auth.ts';
import { Credentials } from './credentials.ts';
import { describeEndpoint } from './describe-endpoint.ts';
import { FailureLimit } from './failure-limit.ts';
import type { HttpEnv } from './http-env.ts';
import { BODY_DEADLINE_MS } from './read-body.ts';
import { DOCUMENT, type OpenApiDocument, openApiDocument } from './openapi-document.ts';
import { type Problem, toProblem } from './problem.ts';
import { RequestError } from './request-error.ts';
import { eventRoutes } from './routes/events.ts';
import { executionOrderRoutes } from './routes/execution-orders.ts';
import { executionRoutes } from './routes/executions.ts';
import { healthRoutes } from './routes/health.ts';
import { jobBackfillRoutes } from './routes/job-backfill.ts';
import { jobCheckRoutes } from './routes/job-checks.ts';
import { jobPauseRoutes } from './routes/job-pauses.ts';
import { jobRemovalRoutes } from './routes/job-removal.ts';
import { jobRunRoutes } from './routes/job-runs.ts';
import { jobWhyRoutes } from './routes/job-why.ts';
import { jobRoutes } from './routes/jobs.ts';
import { metricsRoutes } from './routes/metrics.ts';
import { type ReadReferenceFile, referenceRoutes } from './routes/reference.ts';
import { registryRoutes } from './routes/registry.ts';
import { schedulerRoutes } from './routes/scheduler.ts';
import { scheduleRoutes } from './routes/schedules.ts';
import { sessionRoutes } from './routes/session.ts';
import { signInRoutes } from './routes/sign-in.ts';
import { streamRoutes } from './routes/stream.ts';
import type { RoleTokens } from './token-check.ts';

export interface AppDeps {
  readonly jobAdmin: JobAdmin;
  readonly runAdmin: RunAdmin;
  readonly runLogs: RunLogs;
  readonly live: LiveEvents;
  /** For the heartbeats of streams. */
  readonly timers: Timers;
  readonly pausing: JobPausing;
  readonly removal: JobRemoval;
  readonly backfill: JobBackfill;
  readonly jobLedger: JobLedger;
  readonly idempotencyKeys: IdempotencyKeys;
  readonly readiness: Readiness;
  readonly status: SchedulerStatus;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** A role without a token cannot be taken; without any, only the health routes answer. */
  readonly tokens: RoleTokens;
  /** Empty, or a path such as `/carillon`. */
  readonly basePath: string;
  /** Of wrong tokens; its own where it is left out. */
  readonly failures?: FailureLimit;
  /** Left out: the reference page says that there is none. */
  readonly readReferenceFile?: ReadReferenceFile;
  /** How long a body may take to come, in milliseconds. Default 10,000. */
  readonly bodyDeadlineMs?: number;
}

const CONTENT_SECURITY_POLICY = {
  defaultSrc: ["'none'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
};

export function createApp(deps: AppDeps) {
  const app = new Hono<HttpEnv>();
  app.use(requestId());
  app.use(secureHeaders({ contentSecurityPolicy: CONTENT_SECURITY_POLICY, xFrameOptions: 'DENY', overwrite: false }));
  app.use(async (c, next) => {
    c.header('cache-control', 'no-store');
    c.set('bodyDeadlineMs', deps.bodyDeadlineMs ?? BODY_DEADLINE_MS);
    await next();
  });
  const credentials = credentialsOf(deps);
  app.use(guard(credentials, deps.basePath));
  app.use(methodNotAllowed({ app, onMethodNotAllowed: (c, methods) => refuse(c, otherMethod(c.req.method, methods)) }));
  app.route(deps.basePath === '' ? '/' : deps.basePath, adminApi(deps, credentials));
  // Who probes the process knows its port, and not where its pages are.
  if (deps.basePath !== '') app.route('/', healthRoutes(deps.readiness, credentials));
  app.notFound((c) =>
    refuse(c, new RequestError('ROUTE_NOT_FOUND', `There is no route ${c.req.method} ${c.req.path}.`)),
  );
  app.onError((error, c) => {
    const problem = toProblem(error, c.get('requestId'));
    logProblem(deps.logger, problem, { method: c.req.method, path: c.req.path, error });
    return answer(c, problem);
  });
  return app;
}

/** The routes, without what stands before them: what a typed client knows. */
export function adminApi(deps: AppDeps, credentials = credentialsOf(deps)) {
  const { jobAdmin, runAdmin, runLogs, pausing, removal, backfill, jobLedger, readiness, status, metrics, basePath } =
    deps;
  const api = new Hono<HttpEnv>()
    .route('/', healthRoutes(readiness, credentials))
    .route('/', metricsRoutes(metrics))
    .route('/', sessionRoutes(credentials))
    .route('/', signInRoutes())
    .route('/', referenceRoutes(deps.readReferenceFile ?? noFile))
    .route('/admin/registry', registryRoutes(jobAdmin))
    .route('/admin/jobs', jobRoutes(jobAdmin, basePath))
    .route('/admin/jobs', jobCheckRoutes(jobAdmin))
    .route('/admin/jobs', jobRunRoutes(jobAdmin, deps.idempotencyKeys, basePath))
    .route('/admin/jobs', jobPauseRoutes(pausing))
    .route('/admin/jobs', jobRemovalRoutes(removal))
    .route('/admin/jobs', jobBackfillRoutes(backfill, deps.idempotencyKeys))
    .route('/admin/jobs', jobWhyRoutes(jobLedger))
    .route('/admin/events', eventRoutes(jobLedger))
    .route('/admin/executions', executionRoutes(jobAdmin, runLogs))
    .route('/admin/executions', executionOrderRoutes(runAdmin, basePath))
    .route('/admin/stream', streamRoutes(deps))
    .route('/admin/schedules', scheduleRoutes(jobAdmin))
    .route('/admin/scheduler', schedulerRoutes(status));
  let document: Promise<OpenApiDocument> | undefined;
  api.get('/openapi.json', describeEndpoint(DOCUMENT), async (c) => {
    document ??= openApiDocument(api, basePath);
    return c.json(await document, 200);
  });
  return api;
}

function credentialsOf({ tokens, basePath, failures }: AppDeps): Credentials {
  return new Credentials({ tokens, basePath, failures: failures ?? new FailureLimit(() => performance.now()) });
}

const noFile: ReadReferenceFile = async () => null;

/** For `hc<AppType>(address)`. */
export type AppType = ReturnType<typeof adminApi>;

function refuse(c: Context<HttpEnv>, error: RequestError): Response {
  return answer(c, toProblem(error, c.get('requestId')));
}

function answer(c: Context<HttpEnv>, { body, status, headers }: Problem): Response {
  return c.body(JSON.stringify(body), status, { ...headers });
}

function otherMethod(method: string, methods: readonly string[]): RequestError {
  const allow = methods.join(', ');
  return new RequestError('METHOD_NOT_ALLOWED', `This route takes ${allow}, not ${method}.`, { headers: { allow } });
}

/** The caller learns nothing of what is ours to mend: the log does. */
function logProblem(logger: Logger, { status, body }: Problem, request: Record<string, unknown>): void {
  const properties = { requestId: body.requestId, ...request };
  if (status === 500)
    logger.error('A request failed by a fault of ours; the caller was told nothing of it.', properties);
  if (status === 503 && body.code.startsWith('DATABASE_'))
    logger.warn('A request could not be served; the database is away, and the caller may retry.', properties);
}
