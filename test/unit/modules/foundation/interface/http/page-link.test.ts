import { describe, expect, test } from 'vitest';
import { nextPageLink } from '../../../../../../src/modules/foundation/interface/http/page-link.ts';

describe('nextPageLink()', () => {
  test('asks the same question from where the page ends', () => {
    expect(nextPageLink('http://h/base/admin/jobs?limit=5&q=a%20b&cursor=old', 'new')).toEqual({
      link: '</base/admin/jobs?limit=5&q=a+b&cursor=new>; rel="next"',
    });
  });

  test('leaves out what is not there: a last page has no next', () => {
    expect(nextPageLink('http://h/admin/jobs', null)).toEqual({});
  });

  test('lets nothing out of its brackets', () => {
    const { link } = nextPageLink('http://h/a?q=%3E%22%0D%0Ax', '>"\r\n; rel=x');
    expect(link).toBe('</a?q=%3E%22%0D%0Ax&cursor=%3E%22%0D%0A%3B+rel%3Dx>; rel="next"');
  });
});
