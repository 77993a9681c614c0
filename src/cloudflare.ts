/** `carillon/cloudflare`: `export default createWorker({ modules })` is a whole Worker, `fetch` and `scheduled`. */
export { type CarillonWorker, createWorker, type MessageBatch, type WorkerContext } from './main/create-worker.ts';
export type { MessageQueue, WorkerEnv } from './main/worker-settings.ts';
export type { ModuleRegistries } from './main/modules.ts';
export { defineJob, type JobContext, type JobRegistry } from './modules/foundation/domain/job-definition.ts';
