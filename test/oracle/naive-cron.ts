/**
 * Random cron texts together with what they mean, said as naive predicates. Shares no code with the implementation: a
 * text is never parsed here, its meaning is chosen first and written down in the grammar of its dialect.
 */
import fc from 'fast-check';

/** A wall time, field by field. */
export interface WallFields {
  readonly second: number;
  readonly minute: number;
  readonly hour: number;
  readonly day: number;
  readonly month: number;
  readonly year: number;
  /** 0 = Sunday. */
  readonly weekday: number;
  readonly monthLength: number;
}

export type Matches = (wall: WallFields) => boolean;

export interface Item {
  readonly text: string;
  readonly matches: Matches;
  /** `value` alone keeps a schedule a fixed-time one. */
  readonly isValue: boolean;
}

export interface NaiveField {
  readonly text: string;
  readonly matches: Matches;
  readonly isPlainList: boolean;
  readonly isStar: boolean;
}

export interface NaiveCron {
  readonly text: string;
  readonly dialect: 'apscheduler' | 'unix' | 'quartz';
  readonly isFixedTime: boolean;
  readonly matchesSecond: Matches;
  /** Hour and minute. */
  readonly matchesMinute: Matches;
  readonly matchesDate: Matches;
}

type Name = 'second' | 'minute' | 'hour' | 'day' | 'month';
type Values = fc.Arbitrary<number>;

export const STAR: Item = { text: '*', matches: () => true, isValue: false };

/** The wall fields of a wall-clock second, by Date alone. */
export function wallFields(wallS: number): WallFields {
  const date = new Date(wallS * 1000);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return {
    second: date.getUTCSeconds(),
    minute: date.getUTCMinutes(),
    hour: date.getUTCHours(),
    day: date.getUTCDate(),
    month: month + 1,
    year,
    weekday: date.getUTCDay(),
    monthLength: new Date(Date.UTC(year, month + 1, 0)).getUTCDate(),
  };
}

function value(name: Name, values: Values): fc.Arbitrary<Item> {
  return values.map((n) => ({ text: String(n), matches: (wall) => wall[name] === n, isValue: true }));
}

function starStep(name: Name, min: number, max: number): fc.Arbitrary<Item> {
  return fc.integer({ min: 1, max: Math.min(max - min, 31) }).map((step) => ({
    text: `*/${step}`,
    matches: (wall) => (wall[name] - min) % step === 0,
    isValue: false,
  }));
}

/** `a-b`, `a-b/n` and `a/n`; steps keep below the span, as APScheduler wants them. */
function range(name: Name, max: number, values: Values): fc.Arbitrary<Item> {
  const ends = fc.tuple(values, values, fc.integer({ min: 1, max: 9 }), fc.constantFrom('closed', 'stepped', 'open'));
  return ends.map(([one, other, step, shape]) => {
    const [from, to] = [Math.min(one, other), shape === 'open' ? max : Math.max(one, other)];
    const isStepped = shape !== 'closed' && step <= to - from;
    if (!isStepped) {
      const text = `${from}-${to}`;
      return { text, matches: (wall: WallFields) => wall[name] >= from && wall[name] <= to, isValue: false };
    }
    const matches: Matches = (wall) => wall[name] >= from && wall[name] <= to && (wall[name] - from) % step === 0;
    return { text: `${shape === 'open' ? from : `${from}-${to}`}/${step}`, matches, isValue: false };
  });
}

/** Joins items to a field. */
export function fieldOf(items: readonly Item[]): NaiveField {
  return {
    text: items.map(({ text }) => text).join(),
    matches: (wall) => items.some(({ matches }) => matches(wall)),
    isPlainList: items.every(({ isValue }) => isValue),
    isStar: items[0]!.text.startsWith('*'),
  };
}

/** A numeric field; `values` weighs where its numbers fall. */
export function numericField(name: Name, bounds: [number, number], values: Values): fc.Arbitrary<NaiveField> {
  const [min, max] = bounds;
  const one = value(name, values);
  return fc
    .oneof(
      { weight: 5, arbitrary: fc.array(one, { minLength: 1, maxLength: 3 }) },
      { weight: 2, arbitrary: fc.constant([STAR]) },
      { weight: 2, arbitrary: starStep(name, min, max).map((item) => [item]) },
      { weight: 2, arbitrary: range(name, max, values).map((item) => [item]) },
      { weight: 1, arbitrary: fc.tuple(one, range(name, max, values)).map((items) => [...items]) },
    )
    .map(fieldOf);
}

export const timeFields = fc.record({
  second: fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constant(fieldOf([{ text: '0', matches: (wall) => wall.second === 0, isValue: true }])),
    },
    { weight: 1, arbitrary: numericField('second', [0, 59], fc.integer({ min: 0, max: 59 })) },
  ),
  minute: numericField(
    'minute',
    [0, 59],
    fc.oneof(fc.constantFrom(0, 1, 15, 29, 30, 31, 45, 59), fc.integer({ min: 0, max: 59 })),
  ),
  hour: numericField(
    'hour',
    [0, 23],
    fc.oneof({ weight: 3, arbitrary: fc.constantFrom(0, 1, 2, 3, 4, 23) }, { weight: 1, arbitrary: fc.nat(23) }),
  ),
});

/** The time part of a cron, from its three fields. */
export function timePart(time: {
  second: NaiveField;
  minute: NaiveField;
  hour: NaiveField;
}): Pick<NaiveCron, 'isFixedTime' | 'matchesSecond' | 'matchesMinute'> {
  return {
    isFixedTime: time.second.isPlainList && time.minute.isPlainList && time.hour.isPlainList,
    matchesSecond: time.second.matches,
    matchesMinute: (wall) => time.minute.matches(wall) && time.hour.matches(wall),
  };
}
