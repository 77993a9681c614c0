/** The audit trail's own masking, in SQL, hides what the application hides. */
import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { maskSecrets } from '../../src/modules/foundation/domain/mask-secrets.ts';
import { describeOnEveryDatabase } from '../support/databases.ts';

const KWARGS = {
  apiToken: { nested: 'a' },
  list: [{ dbPassword: 'a' }, 'https://user:p@ss@host:80/a@b', 7, null, true],
  url: 'https://h/?page=2&API_KEY=a=b?c&x=1#access_token=d',
  text: 'GET https://u:p@h/?token=a failed,\nurl=https://h/?token=b too',
  form: 'password=a&client_secret=b',
  plain: 'https://user@host:8080/?page=2 {"a": "\\\\1"} ***',
};

describeOnEveryDatabase('scheduler_mask_secrets()', (database) => {
  describe('on arguments', () => {
    test('gives what maskSecrets() gives', async () => {
      const [row] = await database().rows<{ masked: string }>(
        sql`select scheduler_mask_secrets(${JSON.stringify(KWARGS)}::jsonb)::text as masked`,
      );
      expect(JSON.parse(row!.masked)).toEqual(maskSecrets(KWARGS));
    });
  });
});
