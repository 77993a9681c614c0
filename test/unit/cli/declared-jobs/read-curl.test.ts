import { expect, test } from 'vitest';
import { readCurl } from '../../../../src/cli/declared-jobs/read-curl.ts';

test.for([
  ['curl https://a.example/x', { url: 'https://a.example/x' }],
  ['/usr/bin/curl -fsSL "https://a.example/?a=1&b=2" >/dev/null 2>&1', { url: 'https://a.example/?a=1&b=2' }],
  ['curl -fsS http://[2001:db8::1]:8080/x', { url: 'http://[2001:db8::1]:8080/x' }],
  ['wget -q "https://[::ffff:192.0.2.1]"', { url: 'https://[::ffff:192.0.2.1]' }],
  ['wget -q -O - https://a.example/', { url: 'https://a.example/' }],
  ['curl -s -o /dev/null https://a.example/', { url: 'https://a.example/' }],
  [
    "curl -X PUT -H 'X-A: b c' https://a.example/",
    { url: 'https://a.example/', method: 'PUT', headers: { 'X-A': 'b c' } },
  ],
  [
    "curl -d 'a=1' https://a.example/",
    {
      ...{ url: 'https://a.example/', method: 'POST', body: 'a=1' },
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    },
  ],
] as const)('readCurl() reads %s as the request that it makes', ([command, request]) => {
  expect(readCurl(command)).toEqual(request);
});

test.for([
  'curl https://a.example/ | sh',
  'curl https://a.example/ && rm -rf /',
  'curl https://a.example/$(date)',
  'curl -H "X: $TOKEN" https://a.example/',
  'curl -k https://a.example/',
  'curl -u user:password https://a.example/',
  'curl -o /var/file https://a.example/',
  'curl https://a.example/ https://b.example/',
  'curl -d @file https://a.example/',
  'curl https://a.example/ > /var/log/x',
  'cd /srv && curl https://a.example/',
  'curl a.example',
  'backup https://a.example/',
  'curl -d a=1 -d b=2 https://a.example/',
  'curl -H "X-A: 1" -H "x-a: 2" https://a.example/',
  'curl -H @headers https://a.example/',
  'curl -H "@C: headers" https://a.example/',
  'curl -H "Host:" https://a.example/',
  'curl -H "X-A;" https://a.example/',
  'curl -X https://a.example/',
  'curl https://a.example/ -X',
  'curl -X "" https://a.example/',
  'curl -X -s https://a.example/',
  'curl -X PUT -X POST https://a.example/',
  'curl "https://a.example/[1-100]"',
  'curl "https://a.example/{a,b}"',
  'curl "http://[1-3].a.example/"',
  'curl "http://[12]/"',
  'curl "http://[a:c].example/"',
  'curl "http://[::1]/[1-3]"',
  'curl "http://[::1]/{a,b}"',
  'curl "http://[::1"',
  'curl http://',
  'curl https://a.example/\nrm -rf /',
  'wget --post-data a=1 https://a.example/',
  'wget -d a https://a.example/',
  '',
])('readCurl() takes %s for no plain request', (command) => {
  expect(readCurl(command)).toBeNull();
});
