/** A disk is full as soon as what is used is all there is, and is never left mounted. */
import { existsSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { SmallDisk } from './small-disk.ts';

const OWNER = { uid: 7, gid: 8 };

it('SmallDisk is filled up to what is used, however that grows meanwhile, and is as large as before once it is emptied', async () => {
  const run = vi.fn(async (_command: string, args: readonly string[]) => {
    if (args.includes('remount,size=4096')) throw new Error('more is used by now');
  });
  const used = [4_096, 8_192];
  const disk = (await SmallDisk.mount(OWNER, { run, usedBytes: async () => used.shift()! }))!;
  await disk.fill();
  await disk.empty();
  expect(existsSync(disk.folder)).toBe(true);
  await disk.unmount();
  expect(run.mock.calls.map(([command, args]) => [command, ...args].join(' ').replace(disk.folder, 'DISK'))).toEqual([
    'mount -t tmpfs -o size=50%,uid=7,gid=8,mode=700 tmpfs DISK',
    'mount -o remount,size=4096 DISK',
    'mount -o remount,size=8192 DISK',
    'mount -o remount,size=50% DISK',
    'umount DISK',
  ]);
  expect(existsSync(disk.folder)).toBe(false);
});

it('SmallDisk is none where nothing may be mounted, and leaves no folder', async () => {
  const run = vi.fn(() => Promise.reject(new Error('only root can do that')));
  expect(await SmallDisk.mount(OWNER, { run, usedBytes: async () => 0 })).toBeNull();
  const [, args] = run.mock.calls[0] as unknown as [string, string[]];
  expect(existsSync(args.at(-1)!)).toBe(false);
});

it('SmallDisk gives up filling what cannot be filled', async () => {
  const run = vi.fn(async (_command: string, args: readonly string[]) => {
    if (args.some((arg) => arg.startsWith('remount'))) throw new Error('not permitted');
  });
  const disk = (await SmallDisk.mount(OWNER, { run, usedBytes: async () => 4_096 }))!;
  await expect(disk.fill()).rejects.toThrow('not permitted');
  await disk.unmount();
});
