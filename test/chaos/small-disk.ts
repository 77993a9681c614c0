/**
 * A disk that can be full: a file system in memory, whose size is set to what is used of it. Owns its mount. Invariant: it is
 * there only where this user may mount one; what was mounted is unmounted, and its folder is gone.
 */
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rmdir, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export interface DiskDeps {
  /** Runs a command. @throws where it fails */
  readonly run: (command: string, args: readonly string[]) => Promise<unknown>;
  /** Bytes. */
  readonly usedBytes: (folder: string) => Promise<number>;
}

const DEPS: DiskDeps = { run: promisify(execFile), usedBytes };
/** As large as it may become; it takes no more memory than is written to it. */
const WHOLE = 'size=50%';
/** Somebody writes meanwhile, and what is used may not be more than there is. */
const TRIES = 20;

export class SmallDisk {
  readonly folder: string;
  readonly #deps: DiskDeps;

  constructor(folder: string, deps: DiskDeps) {
    this.folder = folder;
    this.#deps = deps;
  }

  /** Null: this user may not mount anything. */
  static async mount({ uid, gid }: Owner, deps: DiskDeps = DEPS): Promise<SmallDisk | null> {
    const folder = await mkdtemp(join(tmpdir(), 'carillon-disk-'));
    await chmod(folder, 0o755);
    try {
      await deps.run('mount', ['-t', 'tmpfs', '-o', `${WHOLE},uid=${uid},gid=${gid},mode=700`, 'tmpfs', folder]);
    } catch {
      await rmdir(folder);
      return null;
    }
    return new SmallDisk(folder, deps);
  }

  /** From now on nothing finds room on it. */
  async fill(): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        await this.#remount(`size=${await this.#deps.usedBytes(this.folder)}`);
        return;
      } catch (error) {
        if (tries === TRIES) throw error;
      }
    }
  }

  async empty(): Promise<void> {
    await this.#remount(WHOLE);
  }

  async unmount(): Promise<void> {
    await this.#deps.run('umount', [this.folder]);
    await rmdir(this.folder);
  }

  async #remount(size: string): Promise<void> {
    await this.#deps.run('mount', ['-o', `remount,${size}`, this.folder]);
  }
}

async function usedBytes(folder: string): Promise<number> {
  const { blocks, bfree, bsize } = await statfs(folder);
  return (blocks - bfree) * bsize;
}
