import { describe, expect, test } from 'vitest';
import { mayActAs, requiredRole } from '../../../../../../src/modules/foundation/interface/http/access.ts';

describe('requiredRole()', () => {
  test.each([
    ['GET', '/livez', null],
    ['HEAD', '/readyz', null],
    ['GET', '/openapi.json', 'viewer'],
    ['GET', '/admin/jobs/a', 'viewer'],
    ['POST', '/admin/schedules/preview', 'viewer'],
    ['POST', '/admin/jobs/a/trigger', 'operator'],
    ['POST', '/admin/jobs/a/pause', 'operator'],
    ['POST', '/admin/jobs/a/resume', 'operator'],
    ['POST', '/admin/jobs/a/backfill', 'operator'],
    ['DELETE', '/admin/jobs/a', 'admin'],
    ['GET', '/admin/events', 'viewer'],
    ['POST', '/admin/executions/a/cancel', 'operator'],
    ['POST', '/admin/executions/a/retry', 'operator'],
    ['PUT', '/admin/jobs/a', 'admin'],
    ['PATCH', '/admin/jobs/a', 'admin'],
  ] as const)('%s %s needs %s', (method, path, role) => expect(requiredRole(method, path)).toBe(role));

  test.each([
    ['POST', '/livez'],
    ['DELETE', '/readyz'],
    ['POST', '/admin/jobs/a/b/trigger'],
    ['POST', '/admin/jobs/a/trigger/'],
    ['POST', '/ADMIN/jobs/a/trigger'],
    ['BREW', '/coffee'],
  ])('%s %s, which nobody foresaw, needs an admin', (method, path) => expect(requiredRole(method, path)).toBe('admin'));

  test.each(['/livez/', '//livez', '/livez\n', '/LIVEZ', '/livezz', '/a/livez', ''])('GET %j is not open', (path) => {
    expect(requiredRole('GET', path)).toBe('viewer');
  });
});

describe('mayActAs()', () => {
  test('each role may do what those before it may', () => {
    expect(mayActAs('viewer', 'viewer')).toBe(true);
    expect(mayActAs('viewer', 'operator')).toBe(false);
    expect(mayActAs('operator', 'viewer')).toBe(true);
    expect(mayActAs('operator', 'admin')).toBe(false);
    expect(mayActAs('admin', 'operator')).toBe(true);
  });
});
