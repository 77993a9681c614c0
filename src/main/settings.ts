/**
 * Every setting of the service: its name, default and meaning, in one schema. Invariant: settings are read once, here;
 * what cannot be used is refused with every fault named at once, and never turned into a default.
 */
import * as v from 'valibot';
import { InvalidSettingsError } from '../modules/foundation/domain/errors.ts';
import { DIALECTS } from '../modules/foundation/domain/job-config.ts';
import { isSchemaName } from '../modules/foundation/infrastructure/persistence/schema-name.ts';
import { LOG_FORMATS, LOG_LEVELS } from '../modules/foundation/infrastructure/logging/log-settings.ts';
import { parseDuration } from './duration.ts';
import { misspeltSettings } from './misspelt-settings.ts';
import { SETTING_NAMES, type SettingName } from './setting-names.ts';

const MIN_TOKEN_LENGTH = 32;

function wholeNumber(min: number, max: number) {
  const message = (issue: { received: string }): string =>
    `wants a whole number from ${min} to ${max}, and got ${issue.received}`;
  return v.pipe(
    v.string(),
    v.regex(/^\d+$/, message),
    v.transform(Number),
    v.check(
      (value) => value >= min && value <= max,
      ({ input }) => `wants ${min} to ${max}, and got ${String(input)}`,
    ),
  );
}

function oneOf<const Options extends readonly string[]>(options: Options) {
  return v.picklist(options, ({ received }) => `wants one of ${options.join(', ')}, and got ${received}`);
}

const duration = v.pipe(
  v.string(),
  v.check(
    (text) => parseDuration(text) !== null,
    ({ received }) => `wants a duration such as 30s, 15m, 12h or 30d, and got ${received}`,
  ),
  v.transform((text) => parseDuration(text)!),
);

/** Longer ones would overflow the runtime's timers. */
function durationUpTo(longest: string) {
  const maxMs = parseDuration(longest)!;
  return v.pipe(
    duration,
    v.check((durationMs) => durationMs <= maxMs, `wants a duration of at most ${longest}`),
  );
}

const flag = v.pipe(
  oneOf(['true', 'false']),
  v.transform((text) => text === 'true'),
);

const timezone = v.pipe(
  v.string(),
  v.check(isTimezone, ({ received }) => `wants an IANA zone such as Asia/Shanghai, and got ${received}`),
);

const token = v.optional(
  v.pipe(
    v.string(),
    v.minLength(
      MIN_TOKEN_LENGTH,
      ({ input }) => `wants at least ${MIN_TOKEN_LENGTH} characters, and got ${input.length}`,
    ),
  ),
);

const databaseUrl = v.optional(
  v.pipe(
    v.string(),
    v.check(
      isDatabaseUrl,
      'wants postgres://user:password@host:port/name, or memory://, or to be left out for the embedded database',
    ),
  ),
);

const databaseSchema = v.pipe(
  v.string(),
  v.check(
    isSchemaName,
    ({ received }) => `wants at most 40 of a-z, 0-9 and _, not beginning with a digit or pg_, and got ${received}`,
  ),
);

const basePath = v.pipe(
  v.string(),
  v.regex(/^(\/[\w.~-]+)*\/?$/, ({ received }) => `wants a path such as /scheduler, and got ${received}`),
  v.transform((path) => path.replace(/\/$/, '')),
);

const SETTINGS = {
  /** PostgreSQL; left out: the embedded database in `DATA_DIRECTORY`; `memory://`: one that is thrown away. */
  DATABASE_URL: databaseUrl,
  /** PostgreSQL's schema for everything of ours; left out: `public`. */
  DATABASE_SCHEMA: v.optional(databaseSchema),
  /** Where the embedded database and the first start's token live. */
  DATA_DIRECTORY: v.optional(v.pipe(v.string(), v.minLength(1, 'wants a folder')), './data'),
  /** The address to bind. Any but a loopback one needs `ADMIN_TOKEN`. */
  HOST: v.optional(v.pipe(v.string(), v.minLength(1, 'wants an address')), '127.0.0.1'),
  /** 0: any free one. */
  PORT: v.optional(wholeNumber(0, 65_535), '3000'),
  ADMIN_TOKEN: token,
  OPERATOR_TOKEN: token,
  VIEWER_TOKEN: token,
  /** Settles for the whole deployment how five-field texts are read. */
  CRON_DIALECT: v.optional(oneOf(DIALECTS)),
  DEFAULT_TIMEZONE: v.optional(timezone, 'Asia/Shanghai'),
  MAX_CONCURRENT_RUNS: v.optional(wholeNumber(1, 100_000), '1000'),
  /** How long `maintenance.prune-history` keeps executions unless the job says otherwise. */
  HISTORY_RETENTION: v.optional(duration, '30d'),
  LOG_LEVEL: v.optional(oneOf(LOG_LEVELS), 'info'),
  LOG_FORMAT: v.optional(oneOf(LOG_FORMATS), 'text'),
  /** The path under which everything is served. */
  BASE_PATH: v.optional(basePath, ''),
  /** How long runs may go on after the service was told to stop. */
  SHUTDOWN_GRACE: v.optional(durationUpTo('1d'), '30s'),
  /** How often a service without timers of its own looks what is due (Cloudflare Workers); left out: it looks by itself. */
  SWEEP_INTERVAL: v.optional(duration),
  /** Whether `http.request` may reach private, loopback and metadata addresses. */
  HTTP_ALLOW_PRIVATE_ADDRESSES: v.optional(flag, 'false'),
} satisfies Record<SettingName, v.GenericSchema<string | undefined, unknown>>;

const SettingsSchema = v.object(SETTINGS);

export interface Settings {
  readonly databaseUrl: string | null;
  /** Null: `public`. */
  readonly databaseSchema: string | null;
  readonly dataDirectory: string;
  readonly host: string;
  readonly port: number;
  readonly tokens: { readonly admin?: string; readonly operator?: string; readonly viewer?: string };
  readonly cronDialect: (typeof DIALECTS)[number] | null;
  readonly defaultTimezone: string;
  readonly maxConcurrentRuns: number;
  readonly historyRetentionMs: number;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  readonly logFormat: (typeof LOG_FORMATS)[number];
  readonly basePath: string;
  readonly shutdownGraceMs: number;
  /** Null: occurrences are looked at when they are due. */
  readonly sweepIntervalMs: number | null;
  readonly httpAllowPrivateAddresses: boolean;
}

/**
 * Reads the settings from an environment. An empty value counts as left out, as in a compose file.
 * @throws InvalidSettingsError naming every fault at once
 */
export function parseSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const given = Object.fromEntries(SETTING_NAMES.flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
  const parsed = v.safeParse(SettingsSchema, given);
  const errors = (parsed.issues ?? []).map((issue) => ({ path: v.getDotPath(issue) ?? '', message: issue.message }));
  if (!isLoopback(given.HOST ?? '127.0.0.1') && !given.ADMIN_TOKEN) {
    const message = `wants a token of at least ${MIN_TOKEN_LENGTH} characters, because HOST=${given.HOST} is reached from other machines`;
    errors.push({ path: 'ADMIN_TOKEN', message });
  }
  errors.push(...sharedTokens(given), ...misspeltSettings(env, SETTING_NAMES));
  if (!parsed.success || errors.length > 0) throw new InvalidSettingsError('The settings cannot be used.', errors);
  return toSettings(parsed.output);
}

function toSettings(env: v.InferOutput<typeof SettingsSchema>): Settings {
  return {
    databaseUrl: env.DATABASE_URL ?? null,
    databaseSchema: env.DATABASE_SCHEMA ?? null,
    dataDirectory: env.DATA_DIRECTORY,
    host: env.HOST,
    port: env.PORT,
    tokens: {
      ...(env.ADMIN_TOKEN === undefined ? {} : { admin: env.ADMIN_TOKEN }),
      ...(env.OPERATOR_TOKEN === undefined ? {} : { operator: env.OPERATOR_TOKEN }),
      ...(env.VIEWER_TOKEN === undefined ? {} : { viewer: env.VIEWER_TOKEN }),
    },
    cronDialect: env.CRON_DIALECT ?? null,
    defaultTimezone: env.DEFAULT_TIMEZONE,
    maxConcurrentRuns: env.MAX_CONCURRENT_RUNS,
    historyRetentionMs: env.HISTORY_RETENTION,
    logLevel: env.LOG_LEVEL,
    logFormat: env.LOG_FORMAT,
    basePath: env.BASE_PATH,
    shutdownGraceMs: env.SHUTDOWN_GRACE,
    sweepIntervalMs: env.SWEEP_INTERVAL ?? null,
    httpAllowPrivateAddresses: env.HTTP_ALLOW_PRIVATE_ADDRESSES,
  };
}

/** One token for two roles would give everybody the greater of them. */
function sharedTokens(given: Readonly<Record<string, string | undefined>>): { path: string; message: string }[] {
  const names = ['ADMIN_TOKEN', 'OPERATOR_TOKEN', 'VIEWER_TOKEN'];
  return names.flatMap((path, index) => {
    const other = names.slice(0, index).find((name) => given[name] !== undefined && given[name] === given[path]);
    return other === undefined ? [] : [{ path, message: `wants a token of its own, and got the one of ${other}` }];
  });
}

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function isDatabaseUrl(text: string): boolean {
  return text === 'memory://' || (/^postgres(ql)?:\/\/[^/]/.test(text) && URL.canParse(text));
}

/** Reached from this machine alone. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(\.\d{1,3}){3}$/.test(host);
}
