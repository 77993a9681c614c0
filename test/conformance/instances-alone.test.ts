/** Whether an instance is alone, on each database and the testing kit's store: nobody else had a lease there before. */
import { sql } from 'drizzle-orm';
import { expect, it } from 'vitest';
import { portsOn } from '../support/database-foundation.ts';
import { describeOnEveryStore } from '../support/databases.ts';

describeOnEveryStore('Instances.renew()', (database, onDatabases) => {
  const instances = () => portsOn(database()).instances;
  const renew = (id: string) =>
    instances().renew(
      { id, hostname: 'host', runtime: 'node 24.0.0', version: '0.1.0', startedAt: new Date(0) },
      15_000,
    );
  const isAlone = async () => (await renew('own')).isAlone;

  it('says whether it is alone, which it is again when the other has ended its lease', async () => {
    expect(await isAlone()).toBe(true);
    await renew('other');
    expect(await isAlone()).toBe(false);
    await instances().release('other');
    expect(await isAlone()).toBe(true);
  });

  onDatabases('another whose lease ended by itself is missed, and after a minute no more', async () => {
    const endedBefore = (seconds: number) =>
      database().rows(sql`
        update scheduler_instance set renewed_at = clock_timestamp() - ${seconds + 15} * interval '1 second',
          expires_at = clock_timestamp() - ${seconds} * interval '1 second'
        where id = 'other'`);
    await renew('other');
    await endedBefore(1);
    expect(await isAlone()).toBe(false);
    await endedBefore(50);
    expect(await isAlone()).toBe(false);
    await endedBefore(61);
    expect(await isAlone()).toBe(true);
  });
});
