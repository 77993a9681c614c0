/**
 * Which service is meant, and the token to show it. Invariant: a token found on this machine is shown to this machine
 * alone; another one is told a token only by whoever names it.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandFault } from '../command-fault.ts';
import { EXIT } from '../exit-status.ts';

export interface ServiceAddress {
  /** Without a slash at its end. */
  readonly server: string;
  readonly token: string | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * `--server`, else `CARILLON_SERVER`, else the one that these settings would start on this machine.
 * @throws CommandFault for an address that is no HTTP address, and for a token that cannot be sent
 */
export async function findService(
  given: { readonly server?: string; readonly token?: string },
  env: Environment,
): Promise<ServiceAddress> {
  const server = readAddress(given.server || env['CARILLON_SERVER'] || localAddress(env));
  const token = given.token || env['CARILLON_TOKEN'] || (isThisMachine(server) ? await localToken(env) : null);
  if (token !== null && !HEADER_TEXT.test(token)) throw tokenFault();
  return { server, token };
}

/** What a header can carry. */
const HEADER_TEXT = /^[\u0020-\u007E\u0080-\u00FF]+$/;

/** The address is not repeated: it holds a password. */
const NO_CREDENTIALS = 'The address of the service holds a user name or a password. Say a token with --token instead.';

/** The token itself is shown nowhere. */
function tokenFault(): CommandFault {
  return new CommandFault(EXIT.usage, 'The token holds a character that no header can carry, such as a line break.', {
    details: ["Say one in letters, digits and signs on one line; 'carillon token' makes one."],
  });
}

function localAddress(env: Environment): string {
  const port = !env['PORT'] || env['PORT'] === '0' ? '3000' : env['PORT'];
  return `http://127.0.0.1:${port}${env['BASE_PATH'] ?? ''}`;
}

function readAddress(text: string): string {
  const full = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(full) ? new URL(full) : null;
  if (url !== null && holdsCredentials(url)) throw new CommandFault(EXIT.usage, NO_CREDENTIALS);
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    // A password with a slash, a '#' or a '?' in it ends the host early, so that nothing tells it from the rest.
    if (text.includes('@')) throw new CommandFault(EXIT.usage, NO_CREDENTIALS);
    throw new CommandFault(EXIT.usage, `'${text}' is no address of a service. Say one such as http://127.0.0.1:3000`);
  }
  return url.href.replace(/\/+$/, '');
}

/** Such an address is asked by nobody, and shown to nobody. */
export function holdsCredentials({ username, password }: URL): boolean {
  return username !== '' || password !== '';
}

function isThisMachine(server: string): boolean {
  const { hostname } = new URL(server);
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** What the service on this machine would be started with, or has made at its first start. */
async function localToken(env: Environment): Promise<string | null> {
  if (env['ADMIN_TOKEN']) return env['ADMIN_TOKEN'];
  try {
    const text = await readFile(join(env['DATA_DIRECTORY'] || './data', 'admin-token'), 'utf8');
    return text.trim() || null;
  } catch {
    // Nothing readable there: the service says itself that it wants a token, and the answer to that names the ways.
    return null;
  }
}
