/** Arguments as they came back from somebody who was shown masks. Invariant: no mask is ever stored as a secret. */
import { InvalidInputError } from '../domain/errors.ts';
import type { JsonObject } from '../domain/job-definition.ts';
import { restoreSecrets } from '../domain/mask-secrets.ts';

/** `***` at a secret's place keeps what is stored there. @throws InvalidInputError where nothing is */
export function restoredKwargs(given: JsonObject, stored: JsonObject): JsonObject {
  const { value, missing } = restoreSecrets(given, stored);
  if (missing.length === 0) return value;
  const message =
    "'***' is the mask of a stored secret, and none is stored here, or at another address. Send the secret itself.";
  throw new InvalidInputError(
    message,
    missing.map((path) => ({ path: `jobKwargs.${path}`, message })),
  );
}
