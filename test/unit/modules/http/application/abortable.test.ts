/** Waiting that can be given up. */
import { expect, test } from 'vitest';
import { abortable } from '../../../../../src/modules/http/application/abortable.ts';

const never = new Promise<never>(() => {});

test('abortable() passes a value and a rejection on', async () => {
  const { signal } = new AbortController();
  await expect(abortable(Promise.resolve(7), signal)).resolves.toBe(7);
  await expect(abortable(Promise.reject(new Error('no')), signal)).rejects.toThrow('no');
});

test("abortable() rejects with the signal's reason when it aborts", async () => {
  const abort = new AbortController();
  const waiting = abortable(never, abort.signal);
  abort.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
});

test('abortable() rejects at once when the signal has aborted before', async () => {
  await expect(abortable(never, AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
});

test('abortable() leaves nothing behind on a signal that outlives it', async () => {
  let listening = 0;
  const { signal } = new AbortController();
  const counted = Object.assign(Object.create(signal) as AbortSignal, {
    addEventListener: () => void listening++,
    removeEventListener: () => void listening--,
  });
  Object.defineProperty(counted, 'aborted', { value: false });
  await abortable(Promise.resolve(), counted);
  expect(listening).toBe(0);
});
