import { describe, expect, test } from 'vitest';
import { misspeltSettings } from '../../../src/main/misspelt-settings.ts';

const NAMES = ['DATABASE_URL', 'LOG_LEVEL', 'HOST', 'PORT'];
const found = (env: Record<string, string>): string[] => misspeltSettings(env, NAMES).map(({ path }) => path);

describe('misspeltSettings()', () => {
  test.for([
    ['DATABASEURL', 'a letter too few'],
    ['ATABASE_URL', 'the first letter missing'],
    ['DATABASE_UR', 'the last letter missing'],
    ['DATABASE_URLS', 'a letter too many at the end'],
    ['XDATABASE_URL', 'a letter too many at the beginning'],
    ['DATABASE-URL', 'another sign'],
    ['DATABASE_RUL', 'two letters changed over'],
    ['ADTABASE_URL', 'the first two changed over'],
    ['Database_Url', 'upper and lower case'],
    ['database_urll', 'upper and lower case, and a letter too many'],
  ] as const)('finds %s: %s', ([name]) => {
    expect(misspeltSettings({ [name]: 'x' }, NAMES)).toEqual([
      { path: name, message: 'is no setting: did you mean DATABASE_URL?' },
    ]);
  });

  test.for(['DATABASE_URLXY', 'DATABSAE_UR', 'DATABASE', 'URL', 'LOG_LEVELS_X', ''])(
    'does not ask about %j',
    (name) => {
      expect(found({ [name]: 'x' })).toEqual([]);
    },
  );

  test('asks about no name so short that it may be anything: HOSTS, PORTS, POST', () => {
    expect(found({ HOSTS: 'x', PORTS: 'x', POST: 'x', host: 'x' })).toEqual([]);
  });

  test('misses nothing that is given itself, and takes an empty text for nothing', () => {
    expect(found({ LOG_LEVL: 'x', LOG_LEVEL: 'info' })).toEqual([]);
    expect(found({ LOG_LEVL: 'x', LOG_LEVEL: '' })).toEqual(['LOG_LEVL']);
    expect(found({ LOG_LEVL: '' })).toEqual([]);
  });

  test('finds every one of them', () => {
    expect(found({ LOG_LEVL: 'x', DATABASE_URI: 'x', PATH: '/bin' })).toEqual(['LOG_LEVL', 'DATABASE_URI']);
  });
});
