/**
 * Where the lines of one run go: to the process's log, and to the run's own. Invariant: each is opened by the first line,
 * since most runs of a herd say nothing; after `close` the run's own takes nothing any more; neither gets a secret of the
 * run's arguments.
 */
import type { JobLogger } from '../domain/job-definition.ts';
import type { JsonObject } from '../domain/json.ts';
import { RunSecrets } from '../domain/run-secrets.ts';
import type { Run, RunLogLevel } from '../domain/run.ts';
import type { Logger } from './ports/logger.ts';
import type { RunOutputWriter, RunVoice } from './run-output-writer.ts';

export interface RunLogDeps {
  readonly output: Pick<RunOutputWriter, 'open'>;
  readonly logger: Logger;
}

/** Whose lines they are. */
export interface RunLogOwner {
  readonly run: Run;
  /** The function's, that the run's arguments are laid over. */
  readonly defaults: JsonObject | undefined;
  /** Is asked to tell of the start before anything else is told of the run. */
  tellStart(): void;
}

export class RunLog {
  readonly #deps: RunLogDeps;
  readonly #owner: RunLogOwner;
  #logger: Logger | null = null;
  #voice: RunVoice | null = null;
  #forJob: JobLogger | null = null;
  #secrets: RunSecrets | null = null;
  #isClosed: boolean;

  /** @param isClosed the run's own takes nothing any more */
  constructor(deps: RunLogDeps, owner: RunLogOwner, isClosed: boolean) {
    this.#deps = deps;
    this.#owner = owner;
    this.#isClosed = isClosed;
  }

  get #run(): Run {
    return this.#owner.run;
  }

  get secrets(): RunSecrets {
    this.#secrets ??= new RunSecrets([this.#owner.defaults ?? {}, this.#run.jobKwargs]);
    return this.#secrets;
  }

  /** The process's log alone. */
  get logger(): Logger {
    this.#logger ??= this.#deps.logger.with({ jobId: this.#run.jobId, executionId: this.#run.id });
    return this.#logger;
  }

  /** What the job is given: both logs. */
  get forJob(): JobLogger {
    this.#forJob ??= {
      debug: this.#at('debug'),
      info: this.#at('info'),
      warn: this.#at('warn'),
      error: this.#at('error'),
    };
    return this.#forJob;
  }

  progress(fraction: number, message?: string): void {
    if (!this.#open().progress(fraction, this.#said(message))) {
      this.logger.debug('A progress that is no number is left out of account.');
    }
  }

  close(): void {
    this.#isClosed = true;
    this.#voice?.close();
  }

  #open(): RunVoice {
    if (this.#voice === null) {
      this.#owner.tellStart();
      this.#voice = this.#deps.output.open(this.#run);
      if (this.#isClosed) this.#voice.close();
    }
    return this.#voice;
  }

  #at(level: RunLogLevel): JobLogger['info'] {
    return (message, properties) => {
      const said = this.#said(message);
      const shown = this.secrets.properties(properties);
      this.logger[level](said, shown);
      this.#open().log(level, said, shown);
    };
  }

  /** A text, unless the job is untyped: whoever writes it down knows what to do. */
  #said<T extends string | undefined>(message: T): T {
    return this.secrets.value(message) as T;
  }
}
