/**
 * A five-field text said so that no dialect can misread it: weekdays by name instead of by number.
 *
 * Invariant: only the weekday field changes; what cannot be said by name comes back as null.
 */
import type { CronForm } from './cron-form.ts';
import { splitFields } from './refuse.ts';

const FROM_MONDAY = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];

/** Names of sorted places in the week, runs of three and more as a range. */
function namesOf(places: readonly number[]): string {
  const parts: string[] = [];
  for (let start = 0; start < places.length;) {
    let end = start;
    while (places[end + 1] === places[end]! + 1) end += 1;
    const names = places.slice(start, end + 1).map((place) => FROM_MONDAY[place]!);
    parts.push(names.length > 2 ? `${names[0]}-${names.at(-1)}` : names.join());
    start = end + 1;
  }
  return parts.join();
}

/** The text with its weekdays by name; null where they are not plain numbers of a five-field text. */
export function sayByName(text: string, form: CronForm): string | null {
  const pieces = splitFields(text);
  const { weekday } = form.fields;
  if (pieces.length !== 5 || weekday.isStar || weekday.items.some(({ kind }) => kind !== 'value' && kind !== 'range')) {
    return null;
  }
  const places = weekday.values.map((value) => (value + 6) % 7).toSorted((a, b) => a - b);
  return [...pieces.slice(0, 4).map((piece) => piece.text), namesOf(places)].join(' ');
}
