/**
 * Random date fields for each dialect, with their meaning as naive predicates.
 */
import fc from 'fast-check';
import {
  fieldOf,
  type Item,
  type Matches,
  type NaiveCron,
  type NaiveField,
  numericField,
  STAR,
  timeFields,
  timePart,
  type WallFields,
} from './naive-cron.ts';

type Dialect = NaiveCron['dialect'];

const NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** How each dialect writes a weekday (0 = Sunday) as a number. */
const WRITTEN: Readonly<Record<Dialect, (weekday: number) => number>> = {
  unix: (weekday) => weekday,
  quartz: (weekday) => weekday + 1,
  apscheduler: (weekday) => (weekday + 6) % 7,
};

/** The workday of the month that is nearest to a day, by trying them all. */
function nearestWorkday(wall: WallFields, target: number): number {
  const days = Array.from({ length: wall.monthLength }, (_, index) => index + 1);
  const workdays = days.filter((day) => {
    const weekday = (((wall.weekday + day - wall.day) % 7) + 7) % 7;
    return weekday >= 1 && weekday <= 5;
  });
  const distance = (day: number): number => Math.abs(day - target);
  return workdays.toSorted((a, b) => distance(a) - distance(b))[0]!;
}

const item = (text: string, matches: Matches): Item => ({ text, matches, isValue: false });

const lastDays = fc.nat(6).map((n) => item(n === 0 ? 'L' : `L-${n}`, (wall) => wall.day === wall.monthLength - n));
const lastWorkdays = fc
  .nat(4)
  .map((n) => item(n === 0 ? 'LW' : `L-${n}W`, (wall) => wall.day === nearestWorkday(wall, wall.monthLength - n)));
const nearestWorkdays = fc
  .integer({ min: 1, max: 31 })
  .map((n) => item(`${n}W`, (wall) => n <= wall.monthLength && wall.day === nearestWorkday(wall, n)));

const specialDay = fc.oneof(lastDays, lastWorkdays, nearestWorkdays);

const apsDay = fc.oneof(
  fc.constant(item('last', (wall) => wall.day === wall.monthLength)),
  fc.tuple(fc.nat(5), fc.nat(6)).map(([nth, weekday]) => {
    const text = `${['1st', '2nd', '3rd', '4th', '5th', 'last'][nth]} ${NAMES[weekday]}`;
    if (nth === 5) return item(text, (wall) => wall.weekday === weekday && wall.day + 7 > wall.monthLength);
    return item(text, (wall) => wall.weekday === weekday && Math.ceil(wall.day / 7) === nth + 1);
  }),
);

function specialWeekday(dialect: Dialect): fc.Arbitrary<Item> {
  return fc.tuple(fc.nat(6), fc.nat(5), fc.boolean()).map(([weekday, nth, isNamed]) => {
    const day = isNamed ? NAMES[weekday]! : String(WRITTEN[dialect](weekday));
    if (nth === 0) return item(`${day}L`, (wall) => wall.weekday === weekday && wall.day + 7 > wall.monthLength);
    return item(`${day}#${nth}`, (wall) => wall.weekday === weekday && Math.ceil(wall.day / 7) === nth);
  });
}

/** Numbers, names, ranges and steps, as the dialect counts its week. */
function plainWeekday(dialect: Dialect): fc.Arbitrary<Item> {
  const write = WRITTEN[dialect];
  const least = dialect === 'quartz' ? 1 : 0;
  const single = fc
    .tuple(fc.nat(6), fc.boolean())
    .map(([weekday, isNamed]) =>
      item(isNamed ? NAMES[weekday]! : String(write(weekday)), (wall) => wall.weekday === weekday),
    );
  const ranges = fc.tuple(fc.nat(6), fc.nat(6)).map(([one, other]) => {
    const [from, to] = [Math.min(one, other) + least, Math.max(one, other) + least];
    return item(`${from}-${to}`, (wall) => write(wall.weekday) >= from && write(wall.weekday) <= to);
  });
  const steps = fc
    .integer({ min: 1, max: 6 })
    .map((step) => item(`*/${step}`, (wall) => (write(wall.weekday) - least) % step === 0));
  return fc.oneof(single, ranges, steps);
}

function weekdayField(dialect: Dialect, open: string): fc.Arbitrary<NaiveField> {
  const plain = fc.array(plainWeekday(dialect), { minLength: 1, maxLength: 2 });
  const special = dialect === 'apscheduler' ? plain : specialWeekday(dialect).map((one) => [one]);
  return fc
    .oneof(
      { weight: 4, arbitrary: fc.constant([{ ...STAR, text: open }]) },
      { weight: 3, arbitrary: plain },
      { weight: 1, arbitrary: special },
    )
    .map(fieldOf);
}

function dayField(special: fc.Arbitrary<Item>): fc.Arbitrary<NaiveField> {
  return fc.oneof(
    { weight: 5, arbitrary: fc.constant(fieldOf([STAR])) },
    { weight: 3, arbitrary: numericField('day', [1, 31], fc.integer({ min: 1, max: 31 })) },
    { weight: 2, arbitrary: special.map((one) => fieldOf([one])) },
  );
}

const monthField = fc.oneof(
  { weight: 6, arbitrary: fc.constant(fieldOf([STAR])) },
  { weight: 2, arbitrary: numericField('month', [1, 12], fc.integer({ min: 1, max: 12 })) },
  {
    weight: 1,
    arbitrary: fc.nat(11).map((n) => fieldOf([item(MONTHS[n]!.toUpperCase(), (wall) => wall.month === n + 1)])),
  },
);

export const unixCrons: fc.Arbitrary<NaiveCron> = fc
  .record({ time: timeFields, day: dayField(specialDay), month: monthField, weekday: weekdayField('unix', '*') })
  .map(({ time, day, month, weekday }) => {
    const isAnd = day.isStar || weekday.isStar;
    const five = [time.minute, time.hour, day, month, weekday].map(({ text }) => text).join(' ');
    return {
      text: time.second.text === '0' ? five : `${time.second.text}  ${five}`,
      dialect: 'unix',
      ...timePart(time),
      matchesDate: (wall) =>
        month.matches(wall) &&
        (isAnd ? day.matches(wall) && weekday.matches(wall) : day.matches(wall) || weekday.matches(wall)),
    };
  });

export const quartzCrons: fc.Arbitrary<NaiveCron> = fc
  .record({
    time: timeFields,
    day: dayField(specialDay),
    month: monthField,
    weekday: weekdayField('quartz', '*'),
    isByDay: fc.boolean(),
  })
  .map(({ time, day, month, weekday, isByDay }) => {
    const dates = isByDay ? [day.text, month.text, '?'] : ['?', month.text, weekday.text];
    return {
      text: [time.second.text, time.minute.text, time.hour.text, ...dates].join(' '),
      dialect: 'quartz',
      ...timePart(time),
      matchesDate: (wall) => month.matches(wall) && (isByDay ? day : weekday).matches(wall),
    };
  });

export const apschedulerCrons: fc.Arbitrary<NaiveCron> = fc
  .record({ time: timeFields, day: dayField(apsDay), month: monthField, weekday: weekdayField('apscheduler', '*') })
  .map(({ time, day, month, weekday }) => {
    const isCrontab = time.second.text === '0' && !day.text.includes(' ');
    const named = `second='${time.second.text}' minute='${time.minute.text}' hour=${time.hour.text.includes(',') ? `'${time.hour.text}'` : time.hour.text} day="${day.text}", month='${month.text}' day_of_week='${weekday.text}'`;
    return {
      text: isCrontab ? [time.minute, time.hour, day, month, weekday].map(({ text }) => text).join('\t') : named,
      dialect: 'apscheduler',
      ...timePart(time),
      matchesDate: (wall) => month.matches(wall) && day.matches(wall) && weekday.matches(wall),
    };
  });

export const anyCron: fc.Arbitrary<NaiveCron> = fc.oneof(unixCrons, quartzCrons, apschedulerCrons);
