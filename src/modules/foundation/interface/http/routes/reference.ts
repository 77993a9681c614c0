/** The reference page. Works offline: its scripts and styles are the service's own files, where the runtime has files. */
import { type Context, Hono } from 'hono';
import * as v from 'valibot';
import { describeEndpoint, type Endpoint } from '../describe-endpoint.ts';
import type { HttpEnv } from '../http-env.ts';
import {
  HTML,
  PLAIN_REFERENCE_PAGE,
  REFERENCE_PAGE,
  REFERENCE_POLICY,
  REFERENCE_SCRIPT,
  SCRIPT,
  STYLE,
} from '../pages.ts';
import { RequestError } from '../request-error.ts';

/** @returns the text of a file that the reference page is made of; null: this deployment has none */
export type ReadReferenceFile = (name: 'swagger-ui.css' | 'swagger-ui-bundle.js') => Promise<string | null>;

const CACHED = 'private, max-age=3600';

const fileOf = (operationId: string, summary: string, mediaType: string): Endpoint => ({
  operationId,
  summary,
  tag: 'document',
  answers: { 200: { description: 'The file.', schema: v.string(), mediaType } },
  problems: [404],
  isStored: false,
});

export function referenceRoutes(readFile: ReadReferenceFile) {
  return new Hono<HttpEnv>()
    .get(
      '/docs',
      describeEndpoint({
        operationId: 'getReference',
        summary: 'Show the reference page',
        tag: 'document',
        answers: { 200: { description: 'The page.', schema: v.string(), mediaType: HTML } },
        isStored: false,
      }),
      async (c) => {
        const page = (await readFile('swagger-ui.css')) === null ? PLAIN_REFERENCE_PAGE : REFERENCE_PAGE;
        return c.body(page, 200, { 'content-type': HTML, 'content-security-policy': REFERENCE_POLICY });
      },
    )
    .get('/docs/swagger-ui.css', describeEndpoint(fileOf('getReferenceStyle', "The reference's styles", STYLE)), (c) =>
      answerFile(c, readFile('swagger-ui.css'), STYLE),
    )
    .get(
      '/docs/swagger-ui-bundle.js',
      describeEndpoint(fileOf('getReferenceProgram', "The reference's program", SCRIPT)),
      (c) => answerFile(c, readFile('swagger-ui-bundle.js'), SCRIPT),
    )
    .get(
      '/docs/start.js',
      describeEndpoint({ ...fileOf('getReferenceStart', "The reference's first line", SCRIPT), problems: [] }),
      (c) => c.body(REFERENCE_SCRIPT, 200, { 'content-type': SCRIPT }),
    );
}

async function answerFile(c: Context<HttpEnv>, file: Promise<string | null>, mediaType: string) {
  const text = await file;
  if (text === null) throw new RequestError('ROUTE_NOT_FOUND', 'This deployment carries no reference page.');
  return c.body(text, 200, { 'content-type': mediaType, 'cache-control': CACHED });
}
