/** The recipes agree with the service: its paths, ports, settings, exit statuses and how long it may take to stop. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { parseDuration } from '../../src/main/duration.ts';
import { SETTING_NAMES } from '../../src/main/setting-names.ts';
import { parseSettings } from '../../src/main/settings.ts';
import { ROOT } from '../support/service-process.ts';

const read = (name: string): string => readFileSync(join(ROOT, 'deploy', name), 'utf8');
const isSetting = (name: string): boolean => (SETTING_NAMES as readonly string[]).includes(name);
const ENTRY = ['--import', './src/main/fast-start.js', 'src/main/node.ts'];

it('Dockerfile starts what npm start starts, as nobody’s root, and asks /livez', () => {
  const text = read('Dockerfile');
  const command = /^CMD (\[.*\])$/m.exec(text)?.[1] ?? '[]';
  expect(JSON.parse(command)).toEqual(['node', ...ENTRY]);
  for (const file of ENTRY.slice(1)) expect(existsSync(join(ROOT, file))).toBe(true);
  expect(text).toMatch(/^USER node$/m);
  expect(text).toContain('http://127.0.0.1:3000/livez');
  const settings = [...(/^ENV (.*)$/m.exec(text)?.[1] ?? '').matchAll(/(\w+)=(\S+)/g)].map(([, name, value]) => [
    name!,
    value!,
  ]);
  const env = { ...Object.fromEntries(settings), ADMIN_TOKEN: 'a'.repeat(32) };
  expect(parseSettings(env)).toMatchObject({ port: 3000, host: '0.0.0.0' });
});

it('compose.yaml runs three replicas on one PostgreSQL, and lets them drain', () => {
  const { services } = parse(read('compose.yaml'));
  const { carillon, postgres } = services;
  expect(carillon.deploy.replicas).toBe(3);
  expect(carillon.depends_on.postgres.condition).toBe('service_healthy');
  expect(postgres.healthcheck.test).toContain('pg_isready');
  expect(Object.keys(carillon.environment).filter((name) => !isSetting(name))).toEqual([]);
  expect(existsSync(join(ROOT, carillon.build.dockerfile))).toBe(true);
  expect(parseDuration(carillon.stop_grace_period)).toBeGreaterThan(
    parseDuration(carillon.environment.SHUTDOWN_GRACE)! + 30_000,
  );
});

it('kubernetes.yaml probes the open routes on the port that is served, and lets pods drain', () => {
  const documents = parseAllDocuments(read('kubernetes.yaml'));
  expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
  const [deployment, service] = documents.map((document) => document.toJS());
  const { containers, terminationGracePeriodSeconds } = deployment.spec.template.spec;
  const [{ livenessProbe, readinessProbe, startupProbe, ports, env }] = containers;
  expect([startupProbe, livenessProbe, readinessProbe].map(({ httpGet }) => httpGet)).toEqual([
    { path: '/livez', port: 'http' },
    { path: '/livez', port: 'http' },
    { path: '/readyz', port: 'http' },
  ]);
  const settings = Object.fromEntries(env.map(({ name, value }: { name: string; value: string }) => [name, value]));
  expect(Object.keys(settings).filter((name) => !isSetting(name))).toEqual([]);
  expect(ports).toEqual([{ name: 'http', containerPort: Number(settings.PORT) }]);
  expect(service.spec.ports[0].targetPort).toBe('http');
  expect(service.spec.selector).toEqual(deployment.spec.template.metadata.labels);
  expect(terminationGracePeriodSeconds * 1_000).toBeGreaterThan(parseDuration(settings.SHUTDOWN_GRACE)! + 30_000);
});

it('carillon.service starts what npm start starts, and gives up only where the settings are wrong', () => {
  const text = read('carillon.service');
  expect(text).toContain(`ExecStart=/opt/carillon/node_modules/.bin/node ${ENTRY.join(' ')}`);
  expect(text).toMatch(/^RestartPreventExitStatus=2$/m);
  expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(text)?.[1]) * 1_000).toBeGreaterThan(
    parseSettings({}).shutdownGraceMs + 30_000,
  );
});

const hasSystemd = spawnSync('systemd-analyze', ['--version']).status === 0;

it.skipIf(!hasSystemd)('carillon.service is a unit that systemd reads', () => {
  const { stderr } = spawnSync('systemd-analyze', ['verify', join(ROOT, 'deploy/carillon.service')], {
    encoding: 'utf8',
  });
  // Its program is where the clone will be, which is not here.
  const faults = stderr
    .split('\n')
    .filter((line) => /carillon[.]service/.test(line) && !/is not executable|No such file/.test(line));
  expect(faults).toEqual([]);
});
