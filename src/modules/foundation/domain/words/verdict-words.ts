/**
 * Why a job ran, or did not, in words, English and Chinese.
 *
 * Invariant: the instant is said on the clock of the job's zone; what somebody wrote (a reason, an error) is quoted as it is,
 * but for secrets in addresses; what the engine wrote is said in both languages.
 */
import type { Judgement, OccurrenceFacts, Verdict } from '../occurrence-verdict.ts';
import { maskUrlSecrets } from '../url-secrets.ts';
import { chineseReason } from './reason-words.ts';
import { wallMomentOf } from './wall-moment.ts';

export interface VerdictWords {
  readonly sentence: string;
  readonly sentenceZh: string;
}

/** What a wall time's daylight saving did to the question; of one without an instant, that nothing was due yet. */
export type AskedNote = 'moved' | 'firstPass' | 'noneYet' | null;

type Say = (facts: OccurrenceFacts, judgement: Judgement) => readonly [en: string, zh: string];

export function sayVerdict(
  facts: OccurrenceFacts,
  judgement: Judgement,
  asked: { readonly timezone: string; readonly note: AskedNote },
): VerdictWords {
  const [en, zh] = WORDS[judgement.verdict](facts, judgement);
  const when = momentText(facts.atMs, asked.timezone);
  const [noteEn, noteZh] = asked.note === null ? ['', ''] : NOTES[asked.note];
  return { sentence: `${when}: ${en}${noteEn}`, sentenceZh: `${when}：${zh}${noteZh}` };
}

const NOTES = {
  moved: [
    ' The wall time that was asked for does not exist on that day; it was taken as this instant.',
    '所问的当地时间在那一天不存在，按此时刻理解。',
  ],
  firstPass: [
    ' The wall time that was asked for comes twice on that day; its first pass was taken. Say an offset for the second.',
    '所问的当地时间在那一天出现两次，按第一次理解；若问第二次，请给出偏移量。',
  ],
  noneYet: [' None was due yet: this is the first.', '此前尚无到期的执行，这是第一次。'],
} as const;

function momentText(ms: number, timezone: string): string {
  const { year, month, day, time } = wallMomentOf(ms, timezone);
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${year}-${two(month)}-${two(day)} ${time} (${timezone})`;
}

const plain =
  (en: string, zh: string): Say =>
  () => [en, zh];
/** With what the event says, where there is one, and it says more than the verdict. */
const told =
  (en: string, zh: string): Say =>
  ({ atMs, nowMs }, { event, verdict }) => {
    if (atMs > nowMs && TO_COME[verdict] !== undefined) return TO_COME[verdict];
    const reason = event?.reason ?? null;
    if (reason === null || reason === verdict) return [`${en}.`, `${zh}。`];
    const [quotedEn, quotedZh] = quoted(reason);
    return [`${en}: ${quotedEn}.`, `${zh}：${quotedZh}。`];
  };

/** Of what has not come yet it is said how things stand, and what follows if they stay so. */
const TO_COME: Readonly<Partial<Record<Verdict, readonly [en: string, zh: string]>>> = {
  paused: [
    'it has not come yet; the job is paused, and does not run then.',
    '时间未到；任务处于暂停状态，到时不会执行。',
  ],
  disabled: [
    'it has not come yet; the job is disabled, and does not run then.',
    '时间未到；任务处于停用状态，到时不会执行。',
  ],
  deleted: ['it will not run, the job is deleted.', '不会执行，任务已被删除。'],
  invalid: ['it will not run as its row is, which cannot be scheduled.', '任务配置无效，到时不会执行。'],
  expired: ["it will not run, it lies after the job's end.", '不会执行，该时刻在任务的结束时间之后。'],
};

function quoted(text: string): readonly [en: string, zh: string] {
  const en = maskUrlSecrets(text);
  return [en, chineseReason(en)];
}

const lastOf = ({ executions }: OccurrenceFacts) => executions.at(-1)!;

const WORDS: Readonly<Record<Verdict, Say>> = {
  ran: (facts) => {
    const { attempt, durationMs } = lastOf(facts);
    const took = durationMs === null ? ['', ''] : [` in ${durationMs} ms`, `，用时 ${durationMs} 毫秒`];
    return [`it ran, and attempt ${attempt} succeeded${took[0]}.`, `已执行，第 ${attempt} 次尝试成功${took[1]}。`];
  },
  failed: (facts) => {
    const { attempt, maxAttempts, failureReason, errorMessage } = lastOf(facts);
    const [messageEn, messageZh] = quoted(errorMessage ?? '');
    const error = errorMessage === null ? ['.', '。'] : [`: ${messageEn}`, `：${messageZh}`];
    const next = facts.pending === null ? ['', ''] : [' The next attempt waits.', '下一次尝试正在等待。'];
    return [
      `it ran, and attempt ${attempt} of ${maxAttempts} failed, reason ${failureReason ?? 'ERROR'}${error[0]}${next[0]}`,
      `已执行，第 ${attempt} 次尝试（共 ${maxAttempts} 次）失败，原因 ${failureReason ?? 'ERROR'}${error[1]}${next[1]}`,
    ];
  },
  running: (facts) => [
    `it runs: attempt ${lastOf(facts).attempt} has not ended yet.`,
    `正在执行：第 ${lastOf(facts).attempt} 次尝试尚未结束。`,
  ],
  waiting: ({ pending }) => {
    if (pending === null) return ['it is due, and no instance has started it yet.', '已到时间，尚无实例开始执行。'];
    const [reasonEn, reasonZh] = quoted(pending.reason ?? '');
    const reason = pending.reason === null ? ['.', '。'] : [` (${reasonEn}).`, `（${reasonZh}）。`];
    return [`its run waits for an instance${reason[0]}`, `其执行正在等待实例${reason[1]}`];
  },
  misfired: told('it was missed and not run', '错过，未执行'),
  skippedOverlap: told('it was skipped', '被跳过'),
  paused: told('it did not run, the job was paused', '未执行，任务处于暂停状态'),
  disabled: told('it did not run, the job was disabled', '未执行，任务处于停用状态'),
  edited: (facts, judgement) =>
    judgement.event === null
      ? [
          'the schedule that the job has now fires then, but the one that it had at that time did not.',
          '按现在的计划此时应执行，但当时的计划不包含此时刻。',
        ]
      : told('it did not run', '未执行')(facts, judgement),
  deleted: told('it did not run, the job was deleted', '未执行，任务已被删除'),
  held: told('it was held while the database was away', '数据库不可用期间被搁置'),
  unresolved: told('it has not run, no instance has its function', '未执行，没有实例注册其函数'),
  invalid: told('it did not run, the row could not be scheduled', '未执行，任务配置无效'),
  expired: told("it did not run, the job's end had been reached", '未执行，任务已到结束时间'),
  notScheduled: plain('the schedule has no occurrence then.', '计划在此时刻没有执行。'),
  notYet: plain('it has not come yet; it is scheduled.', '时间未到，已列入计划。'),
  beforeCreation: plain('the job did not exist yet.', '当时任务尚未创建。'),
  unknown: ({ atMs, oldestKeptAt }) => {
    if (oldestKeptAt !== null && atMs >= oldestKeptAt.getTime()) {
      return ['it was due, and nothing is recorded of it.', '当时应执行，但没有任何记录。'];
    }
    return [
      'it was due, and what was recorded of that time has been pruned.',
      '当时应执行，但那段时间的记录已被清理。',
    ];
  },
};
