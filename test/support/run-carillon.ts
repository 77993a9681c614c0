/** The command line as a stranger runs it: a process of its own, on no terminal, whose output and status are looked at. */
import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { ADMIN_TOKEN, ROOT } from './service-process.ts';

export interface CommandResult {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandSetting {
  readonly server?: string;
  readonly token?: string;
  readonly input?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** When it resolves, Ctrl-C is pressed. */
  readonly interrupted?: Promise<unknown>;
}

const NODE = resolve(ROOT, 'node_modules/.bin/node');
const CARILLON = resolve(ROOT, 'src/cli/carillon.ts');

/** `run(['jobs', 'list'])` */
export function runCarillon(words: readonly string[], setting: CommandSetting = {}): Promise<CommandResult> {
  const { promise, resolve: settle } = Promise.withResolvers<CommandResult>();
  const env = {
    PATH: `${resolve(ROOT, 'node_modules/.bin')}:${process.env['PATH']}`,
    HOME: process.env['HOME'],
    TZ: 'Asia/Shanghai',
    CARILLON_TOKEN: setting.token ?? ADMIN_TOKEN,
    ...(setting.server === undefined ? {} : { CARILLON_SERVER: setting.server }),
    ...setting.env,
  };
  const child = execFile(NODE, [CARILLON, ...words], { env, cwd: setting.cwd ?? ROOT }, (error, stdout, stderr) => {
    settle({ status: error === null ? 0 : Number(error.code ?? 1), stdout, stderr });
  });
  child.stdin?.end(setting.input ?? '');
  void setting.interrupted?.then(() => child.kill('SIGINT'));
  return promise;
}

/** What differs from run to run, replaced by as many characters. */
export function withoutChance(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<--------------- id --------------->')
    .replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d [+-]\d\d:\d\d/g, '<------- instant ------->')
    .replaceAll(/^(Revision +)\d+$/gm, '$1<n>')
    .replaceAll(/in \d+ (min|h|d)( \d+ (s|min))?/g, 'in <a while>');
}
