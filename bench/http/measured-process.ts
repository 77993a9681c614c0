/** A server in a process of its own, on a free port. Invariant: it is gone after `stop`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export class MeasuredProcess {
  readonly address: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, address: string) {
    this.#child = child;
    this.address = address;
  }

  /** Ready when it has printed where. @throws where it ends before */
  static async start(args: readonly string[], env: Readonly<Record<string, string>>): Promise<MeasuredProcess> {
    const stdio = ['ignore', 'pipe', 'inherit'] as const;
    const child = spawn(process.execPath, args, {
      cwd: ROOT,
      env: { ...process.env, PORT: '0', ...env },
      stdio: [...stdio],
    });
    let printed = '';
    for (;;) {
      const [chunk] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit').then(() => [null])]);
      if (chunk === null) throw new Error(`It ended before it was ready:\n${printed}`);
      printed += String(chunk);
      const address = /ready at (http:\/\/\S+:\d+)/.exec(printed)?.[1];
      if (address !== undefined) return new MeasuredProcess(child, address);
    }
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await once(this.#child, 'close');
  }
}
