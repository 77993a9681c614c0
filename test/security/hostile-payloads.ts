/**
 * Hostile values, as they stand in the text of a JSON body: a parsed value could not say `__proto__`, 1e400 or ten thousand
 * levels. Owns the corpus; what a field makes of each is the field's affair.
 */
export interface Payload {
  readonly name: string;
  readonly json: string;
}

const DEPTH = 10_000;
/** Below the limit of a body, above that of every field. */
const LONG = 200_000;

const TEXTS: Readonly<Record<string, string>> = {
  'a script': '<script>alert(1)</script>',
  'an attribute': '"><img src=x onerror=alert(1)>',
  'an SQL statement': "'; drop table scheduler_job_config; --",
  'a format directive': '%00%0a%s%n ${7*7} {{7*7}}',
  'a header line': 'a\r\nSet-Cookie: admin=1\r\n\r\n<html>',
  'an event of a stream': 'a\n\nevent: run.finished\ndata: {}\n\n',
  'a path': '../../../../etc/passwd',
  'a reversed direction': '\u202egnp.exe\u2066\u2069',
  'characters without a width': 'ad\u200bmin\u200d\u2060\ufeff',
  'characters beyond the plane': 'Ω≈ç 每日 😀 👩‍👩‍👧',
  'control characters': '\u0001\u0007\u001b[2J\u007f\u0085\u2028',
  'the name of the prototype': '__proto__',
  'the name of a constructor': 'constructor',
  'an empty text': '',
  'a very long text': 'x'.repeat(LONG),
};

const VALUES: Readonly<Record<string, string>> = {
  'a NUL': String.raw`"a\u0000b"`,
  'half a surrogate pair': String.raw`"a\ud800b"`,
  'the other half': String.raw`"\udc00"`,
  'a number without an end': '1e400',
  'its negative': '-1e400',
  'the largest number': '1.7976931348623157e308',
  'a number of thirty digits': '123456789012345678901234567890',
  'an integer beyond 32 bits': '2147483648',
  'a negative zero': '-0',
  nothing: 'null',
  'a truth': 'true',
  'an empty list': '[]',
  'an empty object': '{}',
  'a prototype': '{"__proto__": {"polluted": 1}, "a": {"__proto__": {"polluted": 1}}}',
  'a constructor': '{"constructor": {"prototype": {"polluted": 1}}, "toString": 1, "hasOwnProperty": null}',
  'a NUL in a key': String.raw`{"a\u0000": 1}`,
  'a long key': `{"${'k'.repeat(LONG)}": 1}`,
  'a deep list': `${'['.repeat(DEPTH)}${']'.repeat(DEPTH)}`,
  'a deep object': `${'{"a":'.repeat(DEPTH)}1${'}'.repeat(DEPTH)}`,
  'a broad list': JSON.stringify(Array.from({ length: 20_000 }, (_none, index) => index)),
};

export const PAYLOADS: readonly Payload[] = [
  ...Object.entries(TEXTS).map(([name, text]) => ({ name, json: JSON.stringify(text) })),
  ...Object.entries(VALUES).map(([name, json]) => ({ name, json })),
];

/** For fields that hold others: the texts inside. */
export const HELD_PAYLOADS: readonly Payload[] = [
  ...Object.entries(TEXTS).map(([name, text]) => ({ name: `a list of ${name}`, json: JSON.stringify([text]) })),
  ...Object.entries(TEXTS).map(([name, text]) => ({
    name: `an object of ${name}`,
    // A literal would take it for the prototype.
    json: `{${JSON.stringify(text)}: ${JSON.stringify(text)}}`,
  })),
];

/** What stands in a path and in a header: encoded, and as far as a client can send it at all. */
export const PATH_TEXTS: readonly string[] = Object.values(TEXTS)
  .filter((text) => text !== '')
  .map((text) => encodeURIComponent(text.slice(0, 2_000).toWellFormed()))
  .concat('%00', 'a%00b', '%ED%A0%80', '%E0%A4%A', '%', '%2e%2e%2f');

/** As the table of jobs takes them. */
export const JOB_IDS: readonly string[] = Object.values(TEXTS)
  .filter((text) => text !== '')
  .map((text) => text.slice(0, 255));
