/**
 * The typed client of the API. Owns how long an answer may take and what becomes of one that is none: whatever is wrong
 * leaves as a `CommandFault`.
 */
import { createEncodingClient } from '../../modules/foundation/interface/http/encoding-client.ts';
import { CommandFault } from '../command-fault.ts';
import { EXIT } from '../exit-status.ts';
import { type AnswerSchema, asAnswer, foreignFault } from './foreign-answer.ts';
import { problemFault } from './problem-fault.ts';
import { findService, holdsCredentials } from './service-address.ts';

const ANSWER_WITHIN_MS = 30_000;

export type Api = Awaited<ReturnType<typeof connect>>;

/** Finds the service; asks it nothing yet. @throws CommandFault for an unusable address */
export async function connect(
  given: { readonly server?: string; readonly token?: string },
  env: Readonly<Record<string, string | undefined>>,
) {
  const { server, token } = await findService(given, env);
  const headers = {
    'user-agent': 'carillon-cli',
    ...(token === null ? {} : { authorization: `Bearer ${token}` }),
  };
  return { server, headers, routes: createEncodingClient(server, { headers, fetch: reach }) };
}

/** As `fetch`, and a fault where nobody answers in time, or nobody can be asked. */
export async function reach(input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> {
  const url = input instanceof Request ? input.url : String(input);
  if (!URL.canParse(url) || holdsCredentials(new URL(url))) throw unusableFault();
  try {
    return await fetch(input, { ...init, signal: init.signal ?? AbortSignal.timeout(ANSWER_WITHIN_MS) });
  } catch (error) {
    if (init.signal?.aborted === true) throw error;
    throw awayFault(url, error);
  }
}

/** The address is not repeated: it may hold a password. */
function unusableFault(): CommandFault {
  return new CommandFault(EXIT.usage, 'The address cannot be asked: it is none, or holds a user name or a password.');
}

function awayFault(url: string, error: unknown): CommandFault {
  const { origin } = new URL(url);
  const isSlow = error instanceof Error && error.name === 'TimeoutError';
  const reason = isSlow ? `no answer within ${ANSWER_WITHIN_MS / 1_000} s` : causeOf(error);
  return new CommandFault(EXIT.away, `No service answers at ${origin} (${reason}).`, {
    details: ["Start one with 'carillon start', or name another with --server or CARILLON_SERVER."],
    cause: error,
  });
}

function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (!(cause instanceof Error)) return String(cause);
  return 'code' in cause && cause.code === 'ECONNREFUSED' ? 'connection refused' : cause.message;
}

interface Answer {
  readonly ok: boolean;
  readonly status: number;
  json(): Promise<unknown>;
  text(): Promise<string>;
}

/**
 * The body of a good answer, as it was sent.
 * @param schema what the route says that it answers
 * @throws CommandFault for a problem, and for what is no answer of this service
 */
export async function bodyOf<Body>(schema: AnswerSchema<Body>, asked: Promise<Answer>): Promise<Body> {
  const response = await asked;
  if (!response.ok) throw problemFault(response.status, await response.text());
  const body = await response.json().catch((error: unknown) => {
    throw foreignFault('no JSON', error);
  });
  return asAnswer(schema, body);
}
