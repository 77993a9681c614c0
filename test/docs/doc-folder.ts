/**
 * A throwaway copy of this repository in which a page's steps are run. Invariant: what a page starts ends with it, and the
 * addresses that it names (ports 3000 to 3003, `https://example.com`, its database) are ones of its own.
 */
import { execFile, spawn } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createEmptyDatabase } from '../support/databases.ts';
import { refusedPort, startHttpServer, type TestHttpServer } from '../support/http-server.ts';
import { ROOT, ServiceProcess } from '../support/service-process.ts';
import { type DocStep, insertLines } from './doc-page.ts';

const COPIED = ['src', 'test/support', 'drizzle', 'package.json', 'tsconfig.json', 'vitest.config.ts', 'deno.json'];
/** What a page calls the database. */
const DATABASE_NAME = 'postgres://user:password@localhost:5432/carillon';
/** What `npx carillon` runs, without npm's own start of half a second; that it runs this has a test of its own. */
const DIRECTLY = 'node_modules/.bin/node src/cli/carillon.ts';
/** After a block: what it exported and where it is, for the next one. */
const KEEP = 'declare -x > "$DOC_STATE/env"; pwd > "$DOC_STATE/folder"';

export class DocFolder {
  readonly #root: string;
  readonly #receiver: TestHttpServer;
  readonly #ports: readonly number[];
  readonly #services: { readonly service: ServiceProcess; readonly group: number }[] = [];
  #database: string | null = null;

  private constructor(root: string, receiver: TestHttpServer, ports: readonly number[]) {
    this.#root = root;
    this.#receiver = receiver;
    this.#ports = ports;
  }

  static async create(): Promise<DocFolder> {
    const root = await mkdtemp(join(tmpdir(), 'carillon-docs-'));
    const house = join(root, 'carillon');
    for (const path of COPIED) await cp(resolve(ROOT, path), join(house, path), { recursive: true });
    await symlink(resolve(ROOT, 'node_modules'), join(house, 'node_modules'));
    await writeFile(join(root, 'folder'), house);
    await writeFile(join(root, 'env'), '');
    const receiver = await startHttpServer((_request, response) => response.end('ok'));
    const ports = [await refusedPort(), await refusedPort(), await refusedPort(), await refusedPort()];
    return new DocFolder(root, receiver, ports);
  }

  /** @throws with what was printed, where the step does not do what the page says */
  async perform(step: DocStep): Promise<void> {
    const text = await this.#localize(step.text);
    const path = join(this.#root, 'carillon', step.path);
    if (step.kind === 'stop') return this.stop();
    if (step.kind === 'service') return this.#startService(text);
    if (step.kind === 'run' || step.kind === 'fails') return this.#run(text, step.kind === 'fails');
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, step.kind === 'write' ? `${text}\n` : insertLines(await readFile(path, 'utf8'), text));
  }

  async stop(): Promise<void> {
    for (const { service, group } of this.#services.splice(0)) {
      // The shell and npm stand before the service, and need not pass a signal on.
      if (service.exitCode === null) process.kill(-group, 'SIGTERM');
      await service.ended();
    }
  }

  async dispose(): Promise<void> {
    await this.stop();
    await this.#receiver[Symbol.asyncDispose]();
    await rm(this.#root, { recursive: true, force: true });
  }

  async #localize(text: string): Promise<string> {
    if (text.includes(DATABASE_NAME)) this.#database ??= await createEmptyDatabase();
    return text
      .replaceAll(/^npx carillon\b|(?<=[=|( ])npx carillon\b/gm, DIRECTLY)
      .replaceAll(DATABASE_NAME, this.#database ?? '')
      .replaceAll('https://example.com', this.#receiver.origin)
      .replaceAll(/\b300([0-3])\b/g, (_, digit: string) => String(this.#ports[Number(digit)]));
  }

  async #run(text: string, isToFail: boolean): Promise<void> {
    const { promise, resolve: settle } = Promise.withResolvers<{ failed: boolean; output: string }>();
    const child = execFile('bash', ['-c', script(`${text}\n${KEEP}`)], { env: this.#env() }, (error, stdout, stderr) =>
      settle({ failed: error !== null, output: stdout + stderr }),
    );
    child.stdin?.end();
    const { failed, output } = await promise;
    if (failed !== isToFail) throw new Error(`${isToFail ? 'It did not fail' : 'It failed'}:\n${text}\n\n${output}`);
  }

  async #startService(text: string): Promise<void> {
    // A group of its own, to be told as a whole.
    const child = spawn('bash', ['-c', script(text)], { env: this.#env(), detached: true });
    const service = new ServiceProcess(child, 'node');
    this.#services.push({ service, group: child.pid! });
    await service.printed(/ready at (http:\S+)/);
  }

  #env(): NodeJS.ProcessEnv {
    return {
      PATH: process.env['PATH'],
      HOME: this.#root,
      DOC_STATE: this.#root,
      NO_COLOR: '1',
      npm_config_update_notifier: 'false',
      PORT: String(this.#ports[0]),
      HTTP_ALLOW_PRIVATE_ADDRESSES: 'true',
    };
  }
}

/** In the folder and with the variables that the block before left. */
function script(text: string): string {
  return `source "$DOC_STATE/env"; cd "$(cat "$DOC_STATE/folder")"; set -eu -o pipefail\n${text}`;
}
