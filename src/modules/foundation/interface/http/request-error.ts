/** A request refused before any use case is asked: by the router, the guard or the reading of its body. */
import { CarillonError, type FieldError } from '../../domain/errors.ts';

export type RequestErrorCode =
  | 'JSON_MALFORMED'
  | 'UNAUTHENTICATED'
  | 'FORBIDDEN'
  | 'ORIGIN_FORBIDDEN'
  | 'ROUTE_NOT_FOUND'
  | 'METHOD_NOT_ALLOWED'
  | 'BODY_TOO_LARGE'
  | 'BODY_TIMEOUT'
  | 'BODY_INCOMPLETE'
  | 'MEDIA_TYPE_UNSUPPORTED'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'IDEMPOTENCY_KEY_IN_FLIGHT'
  | 'TOO_MANY_FAILURES';

export interface RequestErrorDetail {
  readonly headers?: Readonly<Record<string, string>>;
  readonly errors?: readonly FieldError[];
}

export class RequestError extends CarillonError {
  readonly code: RequestErrorCode;
  readonly headers: Readonly<Record<string, string>>;
  readonly errors: readonly FieldError[] | null;

  constructor(code: RequestErrorCode, message: string, detail: RequestErrorDetail = {}) {
    super(message);
    this.code = code;
    this.headers = detail.headers ?? {};
    this.errors = detail.errors ?? null;
  }
}
