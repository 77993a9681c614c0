/**
 * The house's imports, one rule a line: who imports what. Read top-down it is the arrow
 * main → business modules → foundation/index → application → domain. Each rule has a planted fault in its test.
 */
import type { IForbiddenRuleType } from 'dependency-cruiser';

const SRC = '^src/';
const MAIN = '^src/main/';
const FOUNDATION = '^src/modules/foundation/';
const BUSINESS = '^src/modules/(?!foundation/)([^/]+)/';
const INDEX = `${FOUNDATION}index[.]ts$`;
const CONTAINER = `${FOUNDATION}container[.]ts$`;
const TOKENS = `${FOUNDATION}tokens[.]ts$`;
const DOMAIN = `${FOUNDATION}domain/`;
const APPLICATION = `${FOUNDATION}application/`;
const PORTS = `${APPLICATION}ports/`;
const INFRASTRUCTURE = `${FOUNDATION}infrastructure/`;
const INTERFACE = `${FOUNDATION}interface/`;
const PERSISTENCE = `${INFRASTRUCTURE}persistence/`;
const CLI = '^src/cli/';
/** What users test their own jobs with: the service over a store in memory. */
const TESTING = '^src/testing([.]ts$|/)';
/** What the command line may run of the service's own: without I/O, and the same as the service does with the same input. */
const PURE_CLIENT_CODE = `${FOUNDATION}(application/schedule-preview|interface/http/(contracts/[^/]+|input-faults|encoding-client))[.]ts$`;
/** What the command line asks of main: to start as the runtime's own file does, to read settings, to look after a database. */
const MAIN_DOORS = `${MAIN}((node|version|duration|settings|check-up|migrate-database)[.]ts|fast-start[.]js)$`;
/** An npm package, installed or not. */
const npm = (name: string): string => `(^|node_modules/)${name}(/|$)`;

/** `from` never imports `to`. */
const never = (name: string, from: string | string[], to: string | string[]): IForbiddenRuleType => ({
  name,
  from: { path: from },
  to: { path: to },
});
/** Of our own source, `from` imports `to` and nothing else. */
const within = (name: string, from: string, to: string[]): IForbiddenRuleType => ({
  name,
  from: { path: from },
  to: { path: SRC, pathNot: to },
});
/** Only `from` imports `to`. */
const reserved = (name: string, to: string, from: string[]): IForbiddenRuleType => ({
  name,
  from: { pathNot: from },
  to: { path: to },
});

const DRIVERS = npm('(drizzle-orm|postgres|@electric-sql/pglite)');
/** Synchronous and free of I/O; the last one is types alone. */
const PURE_PACKAGES = npm('(cron-schedule|@standard-schema/spec)');

// oxfmt-ignore
export const LAYER_RULES: IForbiddenRuleType[] = [
  { name: 'domain imports domain', from: { path: DOMAIN }, to: { pathNot: [DOMAIN, PURE_PACKAGES] } },
  within('application imports application and domain', APPLICATION, [APPLICATION, DOMAIN]),
  within('infrastructure implements ports', INFRASTRUCTURE, [INFRASTRUCTURE, PORTS, DOMAIN]),
  within('interface drives application', INTERFACE, [INTERFACE, APPLICATION, DOMAIN]),
  within('index shows application and domain', INDEX, [APPLICATION, DOMAIN]),
  never('R4 foundation never imports a business module', FOUNDATION, BUSINESS),
  within('business module imports foundation/index', BUSINESS, ['^src/modules/$1/', INDEX]),
  never('modules never import main', '^src/modules/', MAIN),
  reserved('main alone reaches the container', CONTAINER, [MAIN, TESTING]),
  never('the service imports no testing kit', [MAIN, '^src/modules/', CLI], TESTING),
  within('the command line is a client: pure code, and the doors of main', CLI, [CLI, DOMAIN, PURE_CLIENT_CODE, MAIN_DOORS, INTERFACE]),
  { name: 'the command line knows the API by its types', from: { path: CLI }, to: { path: INTERFACE, pathNot: PURE_CLIENT_CODE, dependencyTypesNot: ['type-only'] } },
  never('src imports no test, script or bench', SRC, '^(test|scripts|bench)/'),
  reserved('persistence alone knows the database', DRIVERS, [PERSISTENCE]),
  reserved('container and tokens alone know tsyringe', npm('(tsyringe|reflect-metadata)'), [CONTAINER, TOKENS]),
  { name: 'interface/http imports no node:', from: { path: `${INTERFACE}http/` }, to: { dependencyTypes: ['core'] } },
  { name: 'no value-import cycle', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
];
