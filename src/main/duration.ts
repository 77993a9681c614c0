/** Durations in settings: `90s`, `15m`, `12h`, `30d`, or a plain number of milliseconds. */
const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** @returns milliseconds, or null where the text is no duration */
export function parseDuration(text: string): number | null {
  const match = /^(\d+)(ms|s|m|h|d)?$/.exec(text.trim());
  if (match === null) return null;
  const durationMs = Number(match[1]) * UNITS[(match[2] ?? 'ms') as keyof typeof UNITS];
  return Number.isSafeInteger(durationMs) ? durationMs : null;
}
