import { describe, expect, it } from 'vitest';
import { SETTING_NAMES } from '../../../src/main/setting-names.ts';
import { isLoopback, parseSettings } from '../../../src/main/settings.ts';
import { InvalidSettingsError } from '../../../src/modules/foundation/domain/errors.ts';

const TOKEN = 'a-token-of-thirty-two-characters';

function faultsOf(env: Record<string, string | undefined>): Record<string, string> {
  try {
    parseSettings(env);
  } catch (error) {
    expect(error).toBeInstanceOf(InvalidSettingsError);
    const { errors } = error as InvalidSettingsError;
    return Object.fromEntries(errors.map(({ path, message }) => [path, message]));
  }
  return {};
}

describe('parseSettings()', () => {
  it('needs nothing at all', () => {
    expect(parseSettings({})).toEqual({
      databaseUrl: null,
      databaseSchema: null,
      dataDirectory: './data',
      host: '127.0.0.1',
      port: 3000,
      tokens: {},
      cronDialect: null,
      defaultTimezone: 'Asia/Shanghai',
      maxConcurrentRuns: 1_000,
      historyRetentionMs: 30 * 86_400_000,
      logLevel: 'info',
      logFormat: 'text',
      basePath: '',
      shutdownGraceMs: 30_000,
      httpAllowPrivateAddresses: false,
      sweepIntervalMs: null,
    });
  });

  it('takes every setting', () => {
    const settings = parseSettings({
      DATABASE_URL: 'postgresql://u:p@db:5432/carillon',
      DATA_DIRECTORY: '/var/lib/carillon',
      HOST: '0.0.0.0',
      PORT: '0',
      ADMIN_TOKEN: `${TOKEN}-a`,
      OPERATOR_TOKEN: `${TOKEN}-o`,
      VIEWER_TOKEN: `${TOKEN}-v`,
      CRON_DIALECT: 'unix',
      DEFAULT_TIMEZONE: 'America/New_York',
      MAX_CONCURRENT_RUNS: '1',
      HISTORY_RETENTION: '12h',
      LOG_LEVEL: 'warning',
      LOG_FORMAT: 'json',
      BASE_PATH: '/scheduler/',
      SHUTDOWN_GRACE: '0',
      HTTP_ALLOW_PRIVATE_ADDRESSES: 'true',
    });
    expect(settings).toMatchObject({
      databaseUrl: 'postgresql://u:p@db:5432/carillon',
      port: 0,
      tokens: { admin: `${TOKEN}-a`, operator: `${TOKEN}-o`, viewer: `${TOKEN}-v` },
      cronDialect: 'unix',
      maxConcurrentRuns: 1,
      historyRetentionMs: 43_200_000,
      basePath: '/scheduler',
      shutdownGraceMs: 0,
      httpAllowPrivateAddresses: true,
    });
  });

  it('an empty value counts as left out', () => {
    expect(parseSettings(Object.fromEntries(SETTING_NAMES.map((name) => [name, ''])))).toEqual(parseSettings({}));
    expect(parseSettings({ PORT: undefined })).toEqual(parseSettings({}));
  });

  it('takes no notice of what is none of its business', () => {
    expect(parseSettings({ PATH: '/bin', HOSTNAME: 'x', PORTS: '1', PGHOST: 'db', LOG: 'all' })).toEqual(
      parseSettings({}),
    );
  });

  it('names every fault at once', () => {
    const faults = faultsOf({
      DATABASE_URL: 'mysql://db',
      HOST: '0.0.0.0',
      PORT: '65536',
      VIEWER_TOKEN: 'short',
      CRON_DIALECT: 'klingon',
      DEFAULT_TIMEZONE: 'Mars/Olympus',
      MAX_CONCURRENT_RUNS: '0',
      HISTORY_RETENTION: 'a month',
      LOG_LEVEL: 'loud',
      LOG_FORMAT: 'xml',
      BASE_PATH: 'scheduler',
      SHUTDOWN_GRACE: '-1s',
      HTTP_ALLOW_PRIVATE_ADDRESSES: 'yes',
    });
    expect(Object.keys(faults).toSorted()).toEqual([
      'ADMIN_TOKEN',
      'BASE_PATH',
      'CRON_DIALECT',
      'DATABASE_URL',
      'DEFAULT_TIMEZONE',
      'HISTORY_RETENTION',
      'HTTP_ALLOW_PRIVATE_ADDRESSES',
      'LOG_FORMAT',
      'LOG_LEVEL',
      'MAX_CONCURRENT_RUNS',
      'PORT',
      'SHUTDOWN_GRACE',
      'VIEWER_TOKEN',
    ]);
    expect(faults['PORT']).toMatch(/0 to 65535.*65536/);
    expect(faults['LOG_LEVEL']).toMatch(/debug, info, warning, error.*loud/);
  });

  for (const port of ['3000x', '-1', '3.5', '1e3', ' 3000', '99999999999999999999']) {
    it(`refuses PORT='${port}' and never makes a default of it`, () => {
      expect(faultsOf({ PORT: port })).toHaveProperty('PORT');
    });
  }

  it('an address that others reach wants a token; a loopback one does not', () => {
    for (const host of ['0.0.0.0', '::', '192.168.1.5', 'example.org']) {
      expect(faultsOf({ HOST: host })).toHaveProperty('ADMIN_TOKEN');
      expect(faultsOf({ HOST: host, VIEWER_TOKEN: TOKEN })).toHaveProperty('ADMIN_TOKEN');
      expect(faultsOf({ HOST: host, ADMIN_TOKEN: TOKEN })).toEqual({});
    }
    for (const host of ['127.0.0.1', '127.8.9.1', 'localhost', '::1', '[::1]'])
      expect(faultsOf({ HOST: host })).toEqual({});
  });

  it('never tells a secret', () => {
    const faults = faultsOf({ ADMIN_TOKEN: 's3cret', DATABASE_URL: 'http://user:s3cret@db' });
    expect(Object.keys(faults)).toEqual(['DATABASE_URL', 'ADMIN_TOKEN']);
    expect(JSON.stringify(faults)).not.toContain('s3cret');
    expect(faults['ADMIN_TOKEN']).toMatch(/32 characters.*got 6/);
  });

  it('one token for two roles is a fault', () => {
    const faults = faultsOf({ ADMIN_TOKEN: TOKEN, OPERATOR_TOKEN: TOKEN, VIEWER_TOKEN: TOKEN });
    expect(faults).toEqual({
      OPERATOR_TOKEN: expect.stringContaining('ADMIN_TOKEN'),
      VIEWER_TOKEN: expect.stringContaining('ADMIN_TOKEN'),
    });
  });

  for (const [given, meant] of Object.entries({
    LOG_LEVL: 'LOG_LEVEL',
    ADMIM_TOKEN: 'ADMIN_TOKEN',
    DATABASE_ULR: 'DATABASE_URL',
    BASE_PATHS: 'BASE_PATH',
    log_format: 'LOG_FORMAT',
  })) {
    it(`asks whether ${given} was meant for ${meant}`, () => {
      expect(faultsOf({ [given]: 'x' })).toEqual({ [given]: expect.stringContaining(`did you mean ${meant}?`) });
    });
  }

  it('does not ask where the setting itself is given, or where it is more than a slip', () => {
    expect(faultsOf({ DATABASE_URI: 'x', DATABASE_URL: 'memory://' })).toEqual({});
    expect(faultsOf({ DATABASE_NAME: 'x', MY_LOG_LEVEL: 'x', LOG_LEVEL_X: 'x' })).toEqual({});
  });
});

describe('isLoopback()', () => {
  it('is this machine alone', () => {
    expect(['127.0.0.1', '::1', 'localhost'].every(isLoopback)).toBe(true);
    expect(['127.0.0.1.example.org', '0.0.0.0', '::ffff:10.0.0.1', 'localhost.example.org', ''].some(isLoopback)).toBe(
      false,
    );
  });
});
