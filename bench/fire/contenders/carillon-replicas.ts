/** Four replicas of Carillon on one database: this process, and three beside it. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { carillonApplication, startArmed } from '../carillon-application.ts';
import type { Contender, FireOrder, OnStart, StartedContender } from '../contender.ts';
import { countClaims } from '../counted-claims.ts';
import type { ReplicaNews } from '../replica-process.ts';
import { contender as alone } from './carillon.ts';

const OTHERS = 3;
const PROCESS = fileURLToPath(new URL('../replica-process.ts', import.meta.url));

interface Replica {
  readonly child: ChildProcess;
  readonly armed: Promise<void>;
  news: ReplicaNews;
}

function startReplica({ url, enabled }: FireOrder, onStart: OnStart): Replica {
  const child = fork(PROCESS, [url, `${enabled}`]);
  const { promise: armed, resolve } = Promise.withResolvers<void>();
  const replica: Replica = { child, armed, news: { isArmed: false, startedAt: [], asked: 0, moved: 0 } };
  child.on('message', (message) => {
    replica.news = message as ReplicaNews;
    for (const at of replica.news.startedAt) onStart(at);
    if (replica.news.isArmed) resolve();
  });
  return replica;
}

async function start(order: FireOrder, onStart: OnStart): Promise<StartedContender> {
  const own = countClaims();
  const others = Array.from({ length: OTHERS }, () => startReplica(order, onStart));
  const bench = await carillonApplication({ DATABASE_URL: order.url }, () => onStart());
  const armedMs = await startArmed(bench, order.enabled);
  await Promise.all(others.map(({ armed }) => armed));
  return {
    armedMs,
    wastedClaims() {
      const counts = [own, ...others.map(({ news }) => news)];
      const asked = counts.reduce((sum, count) => sum + count.asked, 0);
      return asked === 0 ? 0 : 1 - counts.reduce((sum, count) => sum + count.moved, 0) / asked;
    },
    async stop() {
      const ended = others.map(({ child }) => once(child, 'exit'));
      for (const { child } of others) child.send('stop');
      await bench.application.stop();
      await Promise.all(ended);
    },
  };
}

export const contender: Contender = { ...alone, start };
