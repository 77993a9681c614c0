/** The lock file: complete on every platform, and no install script in it that nobody has agreed to. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findMissing, type Lockfile, platformEntry } from '../../scripts/check-lockfile.ts';
import { REPOSITORY } from './planted-tree.ts';

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(join(REPOSITORY, name), 'utf8'));
}

function readLock(): Lockfile {
  return readJson('package-lock.json') as Lockfile;
}

const LOCK: Lockfile = {
  packages: {
    '': {},
    'node_modules/bell': { optionalDependencies: { '@bell/linux-x64-gnu': '1.0.0', '@bell/darwin-arm64': '1.0.0' } },
    'node_modules/@bell/linux-x64-gnu': { version: '1.0.0' },
    'node_modules/tower/node_modules/bell': {
      optionalDependencies: { '@bell/linux-x64-gnu': '2.0.0', '@bell/win32-x64': '2.0.0' },
    },
    'node_modules/tower/node_modules/@bell/linux-x64-gnu': { version: '2.0.0' },
  },
};

test('findMissing() names a platform build that the lock lacks, beside its siblings', () => {
  expect(findMissing(LOCK)).toEqual([
    { path: 'node_modules/@bell/darwin-arm64', version: '1.0.0' },
    { path: 'node_modules/tower/node_modules/@bell/win32-x64', version: '2.0.0' },
  ]);
});

test('platformEntry() reads the platform from the name', () => {
  expect(platformEntry({ path: 'node_modules/@bell/linux-arm-musleabihf', version: '1.0.0' })).toEqual({
    version: '1.0.0',
    cpu: ['arm'],
    dev: true,
    libc: ['musl'],
    optional: true,
    os: ['linux'],
  });
});

test('platformEntry() refuses what is no pinned platform build', () => {
  expect(() => platformEntry({ path: 'node_modules/bufferutil', version: '1.0.0' })).toThrow('bufferutil@1.0.0');
  expect(() => platformEntry({ path: 'node_modules/@bell/linux-x64', version: '^1.0.0' })).toThrow('^1.0.0');
});

test('package-lock.json locks the builds of every platform', () => {
  expect(findMissing(readLock())).toEqual([]);
});

test('package.json names every package whose install script runs', () => {
  const { packages } = readLock();
  const { allowScripts } = readJson('package.json') as { allowScripts: Record<string, boolean> };
  const scripted = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript === true);
  const names = scripted.map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
  expect(new Set(names)).toEqual(new Set(Object.keys(allowScripts)));
});
