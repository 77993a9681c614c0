/** Puts an end to waiting: a promise that does not settle in time is given up, and whoever owns its work is told. */
import { DatabaseUnavailableError } from '../../domain/errors.ts';

/** @throws DatabaseUnavailableError after `deadlineMs`; what becomes of `work` then is nobody's concern any more */
export async function withDeadline<T>(work: Promise<T>, deadlineMs: number, onExpired: () => void): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const expired = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      onExpired();
      reject(new DatabaseUnavailableError(`The database did not answer within ${deadlineMs} ms.`));
    }, deadlineMs);
  });
  try {
    return await Promise.race([work, expired]);
  } finally {
    clearTimeout(timer);
  }
}
