/** A server that is away is not taken away once more: who wants to comes when it is back. */
import { expect, it } from 'vitest';
import { ChaosDatabase } from './chaos-database.ts';

it('ChaosDatabase takes its server away by one restart at a time, also after one that failed', async () => {
  const calls: string[] = [];
  const tell = (name: string) => async (): Promise<void> => void calls.push(name);
  const server = { url: '', halt: tell('halt'), resume: tell('resume'), stop: tell('stop') };
  const database = new ChaosDatabase(server, 'postgres://nobody@127.0.0.1:1/none');
  const held = Promise.withResolvers<void>();
  const first = database.restart(() => held.promise);
  const second = database.restart(tell('second'));
  held.reject(new Error('It could not be done.'));
  await expect(first).rejects.toThrow('It could not be done.');
  await second;
  expect(calls).toEqual(['halt', 'resume', 'halt', 'second', 'resume']);
});
