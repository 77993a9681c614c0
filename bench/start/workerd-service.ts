/** A Worker as Cloudflare gets it, bundled and minified, for workerd itself: no wrangler stands between. */
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';

/** @param entry exports a Worker by default @returns workerd's arguments but for the address of the socket `http` */
export async function bundleForWorkerd(entry: string, bindings: Readonly<Record<string, string>>): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'carillon-workerd-'));
  await build({
    entryPoints: [entry],
    outfile: join(folder, 'worker.js'),
    ...{ bundle: true, minify: true, keepNames: true, format: 'esm', platform: 'neutral', logLevel: 'silent' },
    mainFields: ['module', 'main'],
    conditions: ['workerd', 'worker', 'browser'],
    external: ['node:*', 'cloudflare:*'],
  });
  const list = Object.entries(bindings).map(([name, text]) => `(name = "${name}", text = "${text}")`);
  await writeFile(join(folder, 'workerd.capnp'), renderConfig(list.join(', ')));
  return ['serve', join(folder, 'workerd.capnp')];
}

function renderConfig(bindings: string): string {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [(name = "worker.js", esModule = embed "worker.js")],
      compatibilityDate = "2026-11-01", bindings = [${bindings}],
    )),
    (name = "internet", network = (allow = ["public", "private"], tlsOptions = (trustBrowserCas = true))),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")],
);`;
}
