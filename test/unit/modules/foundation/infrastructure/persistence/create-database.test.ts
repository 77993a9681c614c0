/** The driver that an address chooses. */
import { expect, it } from 'vitest';
import { createDatabase } from '../../../../../../src/modules/foundation/infrastructure/persistence/create-database.ts';

it.each([
  [null, 'embedded database in ./data'],
  ['memory://', 'embedded database in memory'],
  ['postgres://user:secret@db.example:5433/jobs', 'PostgreSQL at db.example:5433/jobs'],
  ['postgresql://db.example/a%20b', 'PostgreSQL at db.example/a b'],
])('createDatabase() of %s is the %s', async (url, description) => {
  expect((await createDatabase({ url })).description).toBe(description);
});

it('createDatabase() refuses an address of another kind, naming the setting and never the address', async () => {
  for (const url of ['', 'mysql://u:secret@h/d', 'postgres', 'postgres://', 'file:./data']) {
    const refused = createDatabase({ url });
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_INPUT', errors: [{ path: 'DATABASE_URL' }] });
    await expect(refused).rejects.not.toThrow(/secret/);
  }
});
