/** A request as it is sent, one hop of it. Invariant: the URL carries no userinfo; credentials are in the headers. */
export interface HttpMessage {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string | null;
}
