/**
 * The keyword arguments of `http.request`. Owns their schema; invariants: it turns into JSON Schema without loss, and
 * no message of it repeats a value, since URLs and headers carry secrets.
 */
import * as v from 'valibot';

export const DEFAULT_TIMEOUT_MS = 30_000;
const LONGEST_TIMEOUT_MS = 86_400_000;
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** Headers that frame the message (RFC 9110, 7.6.1; RFC 9112, 6), and those by which a receiver knows the run. */
const OWN_HEADERS = [
  'connection',
  'content-length',
  'expect',
  'host',
  'idempotency-key',
  'keep-alive',
  'proxy-connection',
  'te',
  'traceparent',
  'trailer',
  'transfer-encoding',
  'upgrade',
];
const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
/** Spelled out for either case: a JSON Schema pattern has no flags. */
const OWN_HEADER = OWN_HEADERS.map((name) => name.replace(/[a-z]/g, (letter) => `[${letter.toUpperCase()}${letter}]`));
const HEADER_NAME = new RegExp(`^(?!(?:${OWN_HEADER.join('|')})$)${TOKEN}$`);
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

const status = v.pipe(
  v.number('must be a number from 200 to 599'),
  v.integer('must be a whole number'),
  v.minValue(200, 'must be at least 200'),
  v.maxValue(599, 'must be at most 599'),
);

export const requestKwargs = v.strictObject({
  url: v.config(
    v.pipe(
      v.string('must be a text'),
      v.url('must be an absolute URL'),
      v.regex(/^[Hh][Tt][Tt][Pp][Ss]?:\/\//, "must begin with 'http://' or 'https://'"),
    ),
    { abortPipeEarly: true },
  ),
  method: v.optional(v.picklist(METHODS, `must be one of ${METHODS.join(', ')}`), 'GET'),
  headers: v.optional(
    v.record(
      v.pipe(
        v.string(),
        v.regex(HEADER_NAME, `must be a header name, and none that is set for you: ${OWN_HEADERS.join(', ')}`),
      ),
      v.pipe(
        v.string('must be a text'),
        v.regex(HEADER_VALUE, 'must be one line of Latin-1 characters without control characters'),
      ),
      'must be an object of texts',
    ),
    {},
  ),
  /** A text is sent as it is; any other JSON value as JSON; null is no body. */
  body: v.optional(v.unknown(), null),
  timeoutMs: v.optional(
    v.pipe(
      v.number('must be a number of milliseconds'),
      v.integer('must be a whole number of milliseconds'),
      v.minValue(1, 'must be at least 1 ms'),
      v.maxValue(LONGEST_TIMEOUT_MS, `must be at most ${LONGEST_TIMEOUT_MS} ms, a day`),
    ),
    DEFAULT_TIMEOUT_MS,
  ),
  /** Left out: any 2xx. A redirect's status that is expected is not followed. */
  expectStatus: v.optional(
    v.union(
      [status, v.pipe(v.array(status), v.minLength(1, 'must name at least one status'))],
      'must be a status from 200 to 599, or a list of them',
    ),
  ),
});

export type RequestKwargs = v.InferOutput<typeof requestKwargs>;
