/** What a service started here, with this environment, would find. Asks and changes nothing; each fault says what to do. */
import { access, constants } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { describeError } from '../modules/foundation/domain/describe-error.ts';
import { zoneDataFault } from '../modules/foundation/domain/schedule.ts';
import {
  type DatabaseLook,
  inspectFolder,
  inspectPostgres,
} from '../modules/foundation/infrastructure/persistence/inspect-database.ts';
import { keptToken } from './first-start-token.ts';
import { readSettings, SettingsFault } from './migrate-database.ts';
import type { Settings } from './settings.ts';

export interface Finding {
  readonly name: string;
  readonly state: 'good' | 'notice' | 'fault';
  readonly detail: string;
  readonly advice?: string;
}

/** Beyond that, whoever compares a run's times with this machine's log is misled. */
const CLOCK_TOLERANCE_MS = 1_000;
const OLDEST_NODE = 24;

export async function checkUp(env: Readonly<Record<string, string | undefined>>): Promise<Finding[]> {
  const settings = checkSettings(env);
  const runtime = [checkRuntime(), checkZones()];
  if (!('databaseUrl' in settings)) return [settings, ...runtime];
  const good: Finding = { name: 'settings', state: 'good', detail: 'can be used' };
  return [good, ...runtime, ...(await checkFiles(settings)), ...(await checkDatabase(settings))];
}

/** The embedded database's, and the token of a first start: a service with neither writes none. */
async function checkFiles({ databaseUrl, tokens, dataDirectory }: Settings): Promise<Finding[]> {
  if (databaseUrl === null) return [await checkFolder(dataDirectory)];
  return tokens.admin === undefined ? [await checkToken(dataDirectory)] : [];
}

/** One that is there, mounted perhaps, is read and no more. */
async function checkToken(folder: string): Promise<Finding> {
  try {
    if ((await keptToken(folder)) === null) return await checkFolder(folder);
    return { name: 'folder', state: 'good', detail: `${folder} holds the token of the first start` };
  } catch (error) {
    const finding = await checkFolder(folder);
    return finding.state === 'fault' ? finding : { ...finding, state: 'fault', detail: describeError(error).message };
  }
}

function checkSettings(env: Readonly<Record<string, string | undefined>>): Settings | Finding {
  try {
    return readSettings(env);
  } catch (error) {
    if (!(error instanceof SettingsFault)) throw error;
    return { name: 'settings', state: 'fault', detail: error.message, advice: 'Mend them: README.md lists all.' };
  }
}

function checkRuntime(): Finding {
  const { node } = process.versions;
  const isGood = Number(node.split('.')[0]) >= OLDEST_NODE;
  const detail = `Node ${node}`;
  if (isGood) return { name: 'runtime', state: 'good', detail };
  return { name: 'runtime', state: 'fault', detail, advice: `Use Node ${OLDEST_NODE}; npm ci brings one.` };
}

function checkZones(): Finding {
  const fault = zoneDataFault();
  const zones = `ICU ${process.versions.icu}, zones of ${process.versions.tz}`;
  if (fault === null) return { name: 'zone data', state: 'good', detail: zones };
  return { name: 'zone data', state: 'fault', detail: fault, advice: 'Use a Node with full ICU.' };
}

/** The folder itself, or the nearest one above it in which it would be made. */
async function checkFolder(folder: string): Promise<Finding> {
  let path = resolve(folder);
  for (;;) {
    const fault = await accessFault(path);
    if (fault === null) {
      const detail = path === resolve(folder) ? `${folder} can be written` : `${folder} can be made in ${path}`;
      return { name: 'folder', state: 'good', detail };
    }
    if (fault !== 'ENOENT' || path === dirname(path)) {
      const detail = `${path} cannot be written (${fault})`;
      return { name: 'folder', state: 'fault', detail, advice: 'Give this user the right, or set DATA_DIRECTORY.' };
    }
    path = dirname(path);
  }
}

async function accessFault(path: string): Promise<string | null> {
  try {
    await access(path, constants.W_OK | constants.R_OK | constants.X_OK);
    return null;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
}

async function checkDatabase({ databaseUrl, databaseSchema, dataDirectory }: Settings): Promise<Finding[]> {
  if (databaseUrl === 'memory://') {
    const advice = 'Leave DATABASE_URL out to keep jobs, or name a PostgreSQL server.';
    return [{ name: 'database', state: 'notice', detail: 'in memory: gone with the process', advice }];
  }
  if (databaseUrl !== null) return postgresFindings(await inspectPostgres(databaseUrl, databaseSchema));
  const look = await inspectFolder(dataDirectory);
  if (look.fault !== null) return [databaseFault(look)];
  const detail = look.isServed ? `${look.description}, served by a process now` : look.description;
  return [{ name: 'database', state: 'good', detail }];
}

function postgresFindings(look: DatabaseLook): Finding[] {
  if (look.fault !== null) return [databaseFault(look)];
  const { description, pending, clockAheadMs, hasNotifications } = look;
  return [
    { name: 'database', state: 'good', detail: description },
    migrationsFinding(pending ?? []),
    clockFinding(clockAheadMs ?? 0),
    hasNotifications === true
      ? { name: 'listen', state: 'good', detail: 'NOTIFY reaches LISTEN' }
      : {
          ...{
            name: 'listen',
            state: 'notice',
            detail: 'NOTIFY does not reach LISTEN: edits are seen within 2 s, by polling',
          },
          advice: 'Behind pgbouncer, use session pooling, or connect to the server itself.',
        },
  ];
}

function databaseFault({ description, fault }: DatabaseLook): Finding {
  const advice = 'Check DATABASE_URL, that the server runs, and that this machine may reach it.';
  return { name: 'database', state: 'fault', detail: `${description}: ${fault}`, advice };
}

function migrationsFinding(pending: readonly string[]): Finding {
  if (pending.length === 0) return { name: 'migrations', state: 'good', detail: 'all applied' };
  const detail = `${pending.length} to apply: ${pending.join(', ')}`;
  return { name: 'migrations', state: 'notice', detail, advice: 'Starting applies them; or: carillon migrate' };
}

function clockFinding(aheadMs: number): Finding {
  const detail = `the database's is ${Math.abs(aheadMs)} ms ${aheadMs < 0 ? 'behind' : 'ahead of'} this machine's`;
  if (Math.abs(aheadMs) <= CLOCK_TOLERANCE_MS) return { name: 'clock', state: 'good', detail };
  const advice = "The database's decides when jobs run. Set both by NTP.";
  return { name: 'clock', state: 'notice', detail, advice };
}
