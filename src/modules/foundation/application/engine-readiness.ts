/** What `/readyz` says, from what the engine knows already: database, migrations, the loop's beat, and what is overdue. */
import type { DatabaseSupervisor } from './database-supervisor.ts';
import type { DatabaseTime } from './database-time.ts';
import type { JobDirectory } from './job-directory.ts';
import type { ChangeFeed, FeedState } from './ports/change-feed.ts';
import type { Clock } from './ports/clock.ts';
import type { DatabaseConnection } from './ports/database-connection.ts';
import type { Readiness, ReadinessCheck, ReadinessReport } from './ports/readiness.ts';
import type { SchedulingLoop } from './scheduling-loop.ts';

/** The loop turns at least every 30 s. */
const BEAT_LIMIT_MS = 65_000;
const OVERDUE_LIMIT_MS = 60_000;

const FEED_WORDS: Readonly<Record<FeedState, string>> = {
  heard: 'heard at once',
  lost: 'not heard at the moment, found within 30 s by polling: the feed reconnects',
  unsubscribed: 'not heard yet, found within 30 s by polling: the feed is subscribed once the database is reached',
  deaf:
    'found within 2 s by polling alone: notifications do not come through, as behind a pooler in transaction mode. ' +
    'Let DATABASE_URL reach PostgreSQL itself.',
};

export interface EngineReadinessDeps {
  readonly supervisor: DatabaseSupervisor;
  readonly loop: SchedulingLoop;
  readonly directory: JobDirectory;
  readonly clock: Clock;
  readonly time: DatabaseTime;
  readonly connection: DatabaseConnection;
  readonly feed: Pick<ChangeFeed, 'state'>;
}

export class EngineReadiness implements Readiness {
  readonly #deps: EngineReadinessDeps;

  constructor(deps: EngineReadinessDeps) {
    this.#deps = deps;
  }

  report(): ReadinessReport {
    const checks = [this.#database(), this.#migrations(), this.#scheduler(), this.#occurrences(), this.#changes()];
    return { mode: checks.every((check) => check.ok) ? 'normal' : 'degraded', checks };
  }

  #database(): ReadinessCheck {
    const { supervisor, connection } = this.#deps;
    if (supervisor.isUp && !supervisor.isStarted) {
      return {
        name: 'database',
        ok: false,
        detail: 'It is closed: the scheduler was stopped. A start opens it again.',
      };
    }
    const detail = supervisor.isUp
      ? connection.description
      : `${connection.description} cannot be used: ${supervisor.reason} Persisted jobs are held or run without their log, as their outage policy says; it is asked every second.`;
    const openDetail = supervisor.isUp ? connection.kind : unusable(connection.kind);
    return { name: 'database', ok: supervisor.isUp, detail, openDetail };
  }

  #migrations(): ReadinessCheck {
    const ok = this.#deps.supervisor.isMigrated;
    return {
      name: 'migrations',
      ok,
      detail: ok ? 'applied' : 'not applied yet: they are as soon as the database is reached',
    };
  }

  #scheduler(): ReadinessCheck {
    const { lastTurnAt } = this.#deps.loop;
    if (lastTurnAt === null) return { name: 'scheduler', ok: false, detail: 'The loop has not been started yet.' };
    const silentMs = Math.round(this.#deps.clock.monotonicMs() - lastTurnAt);
    const ok = silentMs < BEAT_LIMIT_MS;
    return {
      name: 'scheduler',
      ok,
      detail: ok ? 'beating' : `The loop has not turned for ${silentMs} ms: restart the process.`,
    };
  }

  /** Never a reason to be degraded: polling finds what is not heard. */
  #changes(): ReadinessCheck {
    return { name: 'changes', ok: true, detail: FEED_WORDS[this.#deps.feed.state] };
  }

  #occurrences(): ReadinessCheck {
    const dueAt = this.#deps.directory.earliestDueAt();
    const lateMs = dueAt === null ? 0 : this.#deps.time.now() - dueAt;
    const ok = lateMs < OVERDUE_LIMIT_MS;
    const detail = ok
      ? 'none is overdue'
      : `The oldest due occurrence has waited ${lateMs} ms for a slot or for the database.`;
    return { name: 'occurrences', ok, detail };
  }
}

function unusable(kind: string): string {
  return `${kind}: it cannot be used at the moment, and is asked every second. Those who show a token are told why; the log says it too.`;
}
