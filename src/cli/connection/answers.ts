/** What the API answers, as the typed client knows it. */
import type { InferResponseType } from 'hono/client';
import type { Api } from './api.ts';

type Admin = Api['routes']['admin'];

export type JobJson = InferResponseType<Admin['jobs']['$get'], 200>['items'][number];
export type JobDetailJson = InferResponseType<Admin['jobs'][':jobId']['$get'], 200>;
export type ExecutionJson = InferResponseType<Admin['executions']['$get'], 200>['items'][number];
export type ExecutionDetailJson = InferResponseType<Admin['executions'][':id']['$get'], 200>;
