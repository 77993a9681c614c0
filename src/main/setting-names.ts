/** The names of all settings, for whoever must ask for each by name (Deno's permissions). What they mean is in `settings.ts`. */
export const SETTING_NAMES = [
  'DATABASE_URL',
  'DATABASE_SCHEMA',
  'DATA_DIRECTORY',
  'HOST',
  'PORT',
  'ADMIN_TOKEN',
  'OPERATOR_TOKEN',
  'VIEWER_TOKEN',
  'CRON_DIALECT',
  'DEFAULT_TIMEZONE',
  'MAX_CONCURRENT_RUNS',
  'HISTORY_RETENTION',
  'LOG_LEVEL',
  'LOG_FORMAT',
  'BASE_PATH',
  'SHUTDOWN_GRACE',
  'SWEEP_INTERVAL',
  'HTTP_ALLOW_PRIVATE_ADDRESSES',
] as const;

export type SettingName = (typeof SETTING_NAMES)[number];
