/** The job functions of module `http`, under their ids. A factory: where requests may go is a setting. */
import type { JobRegistry } from '../../foundation/index.ts';
import type { Egress } from './follow-redirects.ts';
import { createHttpRequestJob } from './jobs/http-request.ts';

/** What main binds: HTTP_ALLOW_PRIVATE_ADDRESSES, and the runtime's transport and resolver. */
export type HttpJobDependencies = Egress;

export function createJobRegistry(dependencies: HttpJobDependencies): JobRegistry {
  return { 'http.request': createHttpRequestJob(dependencies) };
}
