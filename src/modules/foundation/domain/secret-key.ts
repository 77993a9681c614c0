/** Which names stand for secrets, of arguments, headers and the parameters of an address, and what is shown in a secret's place. */
export const MASK = '***';
/** The audit trail's trigger masks by the same pattern; a test holds the two together. */
export const SECRET_KEY = /token|password|passwd|secret|authorization|credential|cookie|api[-_]?key|private[-_]?key/i;

export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key);
}
