import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  holdsMaskedSecret,
  maskUrlSecrets,
  urlSecrets,
} from '../../../../../src/modules/foundation/domain/url-secrets.ts';

describe('maskUrlSecrets()', () => {
  test.each([
    ['https://user:pass@host/', 'https://user:***@host/'],
    ['https://user:p@ss:w@host:8080/a@b', 'https://user:***@host:8080/a@b'],
    ['https://:pass@host', 'https://:***@host'],
    ['postgres://u:p%40@db/x?sslmode=require', 'postgres://u:***@db/x?sslmode=require'],
    ['https://h/?token=a&page=2', 'https://h/?token=***&page=2'],
    ['https://h/?page=2&api_key=a=b?c', 'https://h/?page=2&api_key=***'],
    ['https://h/#access_token=a', 'https://h/#access_token=***'],
    ['/hook?client_secret=a', '/hook?client_secret=***'],
    ['grant_type=x&client_secret=a', 'grant_type=x&client_secret=***'],
    ['password=a', 'password=***'],
    ['url=https://h/?token=a', 'url=https://h/?token=***'],
    [
      'GET https://u:p@h/?token=a failed, GET https://h/?token=b too',
      'GET https://u:***@h/?token=*** failed, GET https://h/?token=*** too',
    ],
    ['https://u:a&token=b@h/', 'https://u:***@h/'],
  ])('%s → %s', (text, masked) => expect(maskUrlSecrets(text)).toBe(masked));

  test.each([
    ...[
      'https://user@host/',
      'https://host:8080/',
      'mailto:a@b.c',
      'a ratio of 1:2 @ noon',
      'token',
      '?token=',
      'x = y',
    ],
    ...['https://h/?page=2&sort=a', 'https://host:80/a@b'],
  ])('leaves %s as it is', (text) => expect(maskUrlSecrets(text)).toBe(text));

  test('masking what is masked changes nothing', () => {
    const part = fc.constantFrom('://', ':', '@', '/', '?', '&', '#', '=', ' ', 'token', 'a', '***');
    fc.assert(
      fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
        const masked = maskUrlSecrets(parts.join(''));
        expect(maskUrlSecrets(masked)).toBe(masked);
        expect(urlSecrets(masked).every((secret) => secret === '***')).toBe(true);
      }),
    );
  });
});

test('holdsMaskedSecret() tells a masked place from stars elsewhere', () => {
  expect(holdsMaskedSecret('https://u:***@h/')).toBe(true);
  expect(holdsMaskedSecret('https://h/?token=***')).toBe(true);
  expect(['https://h/***', '*** = ?', 'page=***', 'https://u:a***@h'].some(holdsMaskedSecret)).toBe(false);
});
