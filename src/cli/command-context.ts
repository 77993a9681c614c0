/**
 * What every command is given: the service to speak to, and how to speak to the person. Invariant: the service is looked
 * for only when a command asks for it, so that commands without one work where there is none.
 */
import type { Command } from 'commander';
import type { Api } from './connection/api.ts';
import { EXIT, type ExitStatus } from './exit-status.ts';

export interface GlobalOptions {
  readonly server?: string;
  readonly token?: string;
  readonly json?: boolean;
}

export interface CommandContext {
  readonly options: GlobalOptions;
  /** Whether a program reads what is printed: the API's own JSON, and nothing else. */
  readonly isJson: boolean;
  api(): Promise<Api>;
  /** To standard output. */
  print(text: string): void;
  /** To standard error: what a person may want to know, and no program reads. */
  remark(text: string): void;
}

export function createContext(options: GlobalOptions): CommandContext {
  let connected: Promise<Api> | undefined;
  return {
    options,
    isJson: options.json === true,
    api: () => (connected ??= import('./connection/api.ts').then(({ connect }) => connect(options, process.env))),
    print: (text) => void process.stdout.write(`${text}\n`),
    remark: (text) => void process.stderr.write(`${text}\n`),
  };
}

/** Prints what a program reads. */
export function printJson(context: CommandContext, value: unknown): void {
  context.print(JSON.stringify(value, null, 2));
}

/** A commander action from a command: the context first, then the arguments and options that commander gives. */
export function act<Given extends unknown[]>(
  work: (context: CommandContext, ...given: Given) => Promise<ExitStatus | void>,
): (this: Command, ...given: [...Given, Command]) => Promise<void> {
  return async function perform(...all) {
    const given = all.slice(0, -1);
    const command = all.at(-1) as Command;
    const context = createContext(command.optsWithGlobals<GlobalOptions>());
    const status = await work(context, ...(given as unknown[] as Given));
    process.exitCode = status ?? EXIT.ok;
  };
}
