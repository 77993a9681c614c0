/** Peers live in `bench/peers`, with a package and a lock of their own, so that the service never depends on them. */
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { existsSync } from 'node:fs';

const PEERS = new URL('../peers/', import.meta.url);

export function isPeerInstalled(name: string): boolean {
  return existsSync(new URL(`node_modules/${name}/package.json`, PEERS));
}

/** A module of a peer, in the shape that the caller uses it in. @throws where it is not installed */
export async function importPeer<Module>(name: string): Promise<Module> {
  const path = createRequire(new URL('package.json', PEERS)).resolve(name);
  return (await import(pathToFileURL(path).href)) as Module;
}
