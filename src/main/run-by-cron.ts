/** Carillon under Deno, woken by requests and by `Deno.cron` alone. Knows how Deno invokes, and nothing else. */
import { NodeHttpTransport } from '../modules/http/infrastructure/node-http-transport.ts';
import { SystemAddressResolver } from '../modules/http/infrastructure/system-address-resolver.ts';
import { readSettingsByName } from './deno-host.ts';
import { createInvocations } from './invocations.ts';
import type { ModuleRegistries } from './modules.ts';

/** The part of Deno's own interface that is used here. */
declare const Deno: {
  readonly version: { readonly deno: string };
  cron(name: string, schedule: string, handler: () => Promise<void>): Promise<void>;
  serve(
    options: { port: number; onListen: (at: { readonly port: number }) => void },
    handler: (request: Request, info: { remoteAddr: { hostname: string } }) => Promise<Response>,
  ): { readonly finished: Promise<void> };
};

/** Until the platform ends it. Settings come from the environment; the database is a PostgreSQL server. */
export async function runByCron({ modules = {} }: { readonly modules?: ModuleRegistries } = {}): Promise<void> {
  const env = readSettingsByName();
  const invocations = createInvocations({
    ...{ runtime: `deno ${Deno.version.deno}`, hostname: 'deno cron', modules },
    egress: { transport: new NodeHttpTransport(), resolver: new SystemAddressResolver() },
  });
  // Never two at a time: the next one waits for the last. A fault is told, and healed by the next.
  void Deno.cron('carillon', '* * * * *', () => invocations.sweep(env));
  const port = Number(env['PORT'] ?? 8000);
  const onListen = (at: { readonly port: number }): void =>
    console.log(`Carillon is ready at http://127.0.0.1:${at.port}`);
  const { finished } = Deno.serve({ port, onListen }, (request, { remoteAddr }) =>
    invocations.answer(request, env, { address: remoteAddr.hostname, waitUntil: (work) => void work }),
  );
  await finished;
}
