/**
 * Answers of postgres.js without the holes that it leaves in them. Where an answer broke off after some of its rows (the server
 * was told to end the session, or failed at a row), the rows of the next one on that connection come behind as many empty
 * places, also after it has connected anew (3.4.9; porsager/postgres#1181): `rows[0]` was missing, though it had been sent.
 */
import type { Client } from './postgres-connection.ts';

/** The rows alone; the same array where there is no hole in it. */
export function withoutHoles<Rows extends readonly unknown[]>(rows: Rows): Rows {
  return rows.length === 0 || 0 in rows ? rows : (rows.filter(() => true) as unknown as Rows);
}

/** The same client, whose answers are whole, as far as drizzle asks it for rows. */
export function wholeClient(client: Client): Client {
  const unsafe = (...asked: Parameters<Client['unsafe']>) => {
    const query = client.unsafe(...asked);
    const values = query.values.bind(query);
    return Object.assign(query, { values: () => values().then(withoutHoles) });
  };
  return Object.create(client, { unsafe: { value: unsafe } }) as Client;
}
