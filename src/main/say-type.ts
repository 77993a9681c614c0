/** What a value is, in a word or two, for a sentence that refuses it. Never its text, which may be a secret. */
export function sayType(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return Object.keys(value).length === 0 ? 'an empty object' : 'an object';
  return typeof value === 'number' ? `the number ${value}` : `a ${typeof value}`;
}
