import { afterEach, expect, test, vi } from 'vitest';

const MODULE = '../../../../../../src/modules/foundation/domain/cron/zone-data-check.ts';

type Check = typeof import('../../../../../../src/modules/foundation/domain/cron/zone-data-check.ts');

/** Loads the module anew, so that no zone is remembered from another test. */
async function load(): Promise<Check> {
  vi.resetModules();
  return (await import(MODULE)) as Check;
}

afterEach(() => {
  vi.unstubAllGlobals();
});

const RealFormat = Intl.DateTimeFormat;

/** `Intl` whose every formatter is made by a function of the options. */
function stubIntl(make: (options: Intl.DateTimeFormatOptions) => Intl.DateTimeFormat): void {
  const format = function DateTimeFormat(_: string, options: Intl.DateTimeFormatOptions) {
    return make(options);
  };
  vi.stubGlobal('Intl', { ...Intl, DateTimeFormat: format });
}

test('zoneDataFault() is null where the zone data is sound', async () => {
  const { zoneDataFault } = await load();
  expect(zoneDataFault()).toBeNull();
});

test('zoneDataFault() names the zone that a runtime without zone data does not know', async () => {
  stubIntl((options) => {
    if (options.timeZone !== 'UTC') throw new RangeError(`Invalid time zone specified: ${options.timeZone}`);
    return new RealFormat('en-US', options);
  });
  const { zoneDataFault } = await load();
  expect(zoneDataFault()).toMatch(/does not know the time zone America\/New_York/);
});

test('zoneDataFault() says what a runtime gets wrong that takes every zone for UTC', async () => {
  stubIntl((options) => new RealFormat('en-US', { ...options, timeZone: 'UTC' }));
  const { zoneDataFault } = await load();
  expect(zoneDataFault()).toMatch(/says that America\/New_York is 0 minutes from UTC .* it is -300/);
});
