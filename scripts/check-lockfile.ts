/**
 * Owns the completeness of package-lock.json: every optional dependency of a locked package is itself locked, because
 * `npm ci` refuses a lock that lacks one. npm leaves out platform builds that the registry in use cannot serve (a mirror
 * may hold the builds of one platform only); `--write` adds them, by name and pinned version, without a checksum.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

interface LockedPackage {
  version?: string;
  optionalDependencies?: Record<string, string>;
  [field: string]: unknown;
}
export interface Lockfile {
  packages: Record<string, LockedPackage>;
}
export interface MissingPackage {
  path: string;
  version: string;
}

const OPERATING_SYSTEMS = new Set([
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'win32',
]);
const PROCESSORS = new Set([
  'arm',
  'arm64',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
]);
const LIBRARIES: Record<string, string> = {
  gnu: 'glibc',
  gnueabihf: 'glibc',
  glibc: 'glibc',
  musl: 'musl',
  musleabihf: 'musl',
};

/** Where Node would look for `name` from the package at `path`, nearest first. */
function candidatePaths(path: string, name: string): string[] {
  const found: string[] = [];
  for (let base = path; base !== ''; base = base.slice(0, Math.max(base.lastIndexOf('/node_modules/'), 0))) {
    found.push(`${base}/node_modules/${name}`);
  }
  return [...found, `node_modules/${name}`];
}

/** The optional dependencies of locked packages that are not locked themselves, with the place each belongs in. */
export function findMissing(lock: Lockfile): MissingPackage[] {
  const missing = new Map<string, MissingPackage>();
  for (const [path, locked] of Object.entries(lock.packages)) {
    const names = Object.keys(locked.optionalDependencies ?? {});
    const places = new Map(
      names.map((name) => [name, candidatePaths(path, name).find((place) => place in lock.packages)]),
    );
    const sibling = [...places].find(([, place]) => place !== undefined);
    const root = sibling?.[1]?.slice(0, -sibling[0].length) ?? 'node_modules/';
    for (const name of names.filter((each) => places.get(each) === undefined)) {
      missing.set(`${root}${name}`, { path: `${root}${name}`, version: locked.optionalDependencies?.[name] ?? '' });
    }
  }
  return [...missing.values()];
}

/** A lock entry for a platform build; the platform is read from its name, so that npm skips it on any other. */
export function platformEntry({ path, version }: MissingPackage): LockedPackage {
  const words = path.split(/[/-]/);
  const os = words.find((word) => OPERATING_SYSTEMS.has(word));
  // workerd says 64 where the others say x64.
  const cpu = words.map((word) => (word === '64' ? 'x64' : word)).find((word) => PROCESSORS.has(word));
  const libc = words.map((word) => LIBRARIES[word]).find((library) => library !== undefined && os === 'linux');
  if (cpu === undefined || !/^\d+\.\d+\.\d+[-\w.]*$/.test(version)) {
    throw new Error(`${path}@${version} is not a pinned platform build: lock it with npm against a full registry`);
  }
  return {
    version,
    cpu: [cpu],
    dev: true,
    ...(libc === undefined ? {} : { libc: [libc] }),
    optional: true,
    ...(os === undefined ? {} : { os: [os] }),
  };
}

function completeLock(lock: Lockfile, missing: readonly MissingPackage[]): Lockfile {
  const entries = [
    ...Object.entries(lock.packages),
    ...missing.map((each) => [each.path, platformEntry(each)] as const),
  ];
  entries.sort(([left], [right]) => left.localeCompare(right, 'en'));
  return { ...lock, packages: Object.fromEntries(entries) };
}

if (import.meta.main) {
  const path = fileURLToPath(new URL('../package-lock.json', import.meta.url));
  const lock = JSON.parse(readFileSync(path, 'utf8')) as Lockfile;
  const missing = findMissing(lock);
  const names = missing.map((each) => `  ${each.path}@${each.version}`).join('\n');
  if (missing.length > 0 && process.argv.includes('--write')) {
    writeFileSync(path, `${JSON.stringify(completeLock(lock, missing), null, 2)}\n`);
    console.log(`package-lock.json: added ${missing.length} platform builds\n${names}`);
  } else if (missing.length > 0) {
    console.error(`package-lock.json lacks ${missing.length} platform builds; npm run lock adds them\n${names}`);
    process.exitCode = 1;
  } else {
    console.log(`package-lock.json: ${Object.keys(lock.packages).length} entries, complete`);
  }
}
