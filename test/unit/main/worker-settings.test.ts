/** What a Worker makes of its bindings. */
import { expect, it } from 'vitest';
import { InvalidSettingsError } from '../../../src/modules/foundation/domain/errors.ts';
import { type WorkerEnv, workerSettings } from '../../../src/main/worker-settings.ts';

const ADMIN_TOKEN = 'a'.repeat(32);
const DATABASE_URL = 'postgres://here/carillon';

function faultsOf(env: WorkerEnv): string[] {
  try {
    workerSettings(env);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidSettingsError)) throw error;
    return error.errors.map(({ path }) => path);
  }
}

it('workerSettings() reads text, leaves bindings alone, and sweeps every minute unless told otherwise', () => {
  const env = { ADMIN_TOKEN, DATABASE_URL, LOG_LEVEL: 'error', BUCKET: { get: () => null } };
  expect(workerSettings(env)).toMatchObject({ databaseUrl: DATABASE_URL, logLevel: 'error', sweepIntervalMs: 60_000 });
  expect(workerSettings({ ...env, SWEEP_INTERVAL: '5m' }).sweepIntervalMs).toBe(300_000);
});

it('workerSettings() prefers Hyperdrive', () => {
  const HYPERDRIVE = { connectionString: 'postgres://pooled/carillon' };
  expect(workerSettings({ ADMIN_TOKEN, DATABASE_URL, HYPERDRIVE }).databaseUrl).toBe(HYPERDRIVE.connectionString);
});

it('workerSettings() refuses a Worker without a token, and one without a server to reach', () => {
  expect(faultsOf({ DATABASE_URL })).toEqual(['ADMIN_TOKEN']);
  expect(faultsOf({ ADMIN_TOKEN })).toEqual(['DATABASE_URL']);
  expect(faultsOf({ ADMIN_TOKEN, DATABASE_URL: 'memory://' })).toEqual(['DATABASE_URL']);
});
