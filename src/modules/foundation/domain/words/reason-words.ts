/**
 * Reasons that the engine itself writes, in Chinese: of occurrences that were not run, of runs that wait, and of runs that it
 * ended.
 *
 * Invariant: what is not in the table was written by somebody, or comes from elsewhere, and is quoted as it is.
 */

/** `{}` stands for what varies, in the same order on both sides; it is looked up too, as a reason may hold another. */
const WORDS: Readonly<Record<string, string>> = {
  'misfire policy is skip': 'misfire 策略为 skip',
  'coalesced into one run (misfire policy is once); {} of them later than the grace of {} ms':
    '合并为一次执行（misfire 策略为 once）；其中 {} 次超出 {} 毫秒的宽限期',
  'coalesced into one run (misfire policy is once)': '合并为一次执行（misfire 策略为 once）',
  'later than the grace of {} ms, or beyond the catch-up limit of {}': '超出 {} 毫秒的宽限期，或超出补跑上限 {}',
  'later than the grace of {} ms': '超出 {} 毫秒的宽限期',
  'beyond the catch-up limit of {}': '超出补跑上限 {}',
  'the cursor stood off the schedule': '游标不在计划的时刻上',
  'overlap: the run before it was still running': '上一次执行尚未结束',
  'overlap: another occurrence waits already behind the run before it': '已有另一次执行在等待上一次执行结束',
  'overlap: a later occurrence took its place': '已由更晚的一次取代',
  'overlap: as many runs were under way as its limit allows ({})': '同时执行数已达上限（{}）',
  'outage: the database was away (outage policy is {}); the misfire policy decides what is run now':
    'outagePolicy 为 {}；现由 misfire 策略决定执行哪些',
  'outage: more runs ended while the database was away than memory keeps records of':
    '数据库不可用期间结束的执行过多，内存未能全部保留其记录',
  'outage: the database refuses what the job did while it was away ({})':
    '数据库拒绝写入其不可用期间该任务的记录（{}）',
  'recorded: another instance ran this occurrence too while this one could not reach the database':
    '本实例无法连接数据库期间，另一实例也执行了这一次',
  'recorded: this occurrence has an execution already': '这一次已有执行记录',
  'edited: the job was changed after this was claimed, and does not come back to it':
    '任务在领取之后被修改，修改后不再包含此时刻',
  'overtaken: it was given back after a later occurrence of its job had been claimed, too late for its misfire policy':
    '退回时更晚的一次已被领取，按 misfire 策略已过迟',
  'overtaken: it was given back after a later occurrence of its job had been claimed': '退回时更晚的一次已被领取',
  'the job was deleted before this was claimed': '在领取之前被删除',
  'the job was disabled before this was claimed': '在领取之前被停用',
  'the job was paused, and its schedule was edited meanwhile': '暂停期间计划被修改',
  'the schedule was edited before this was claimed': '计划在领取之前被修改',
  'the job was deleted while this run waited': '在等待执行期间被删除',
  'expired: the schedule has no occurrence left before the end of the job': '在任务的结束时间之前，计划已没有后续执行',
  'expired: the schedule has no occurrence left': '计划已没有后续执行',
  "unresolved: no instance has claimed them, and this one does not run function '{}'; once one does, the misfire policy decides what is run":
    '尚无实例领取，本实例也没有函数“{}”；一旦有实例具备该函数，由 misfire 策略决定执行哪些',
  'invalid: {}': '这一行有误（{}）',
  'the row cannot be scheduled': '无法按此配置安排执行',
  'job_kwargs is not a JSON object.': 'job_kwargs 不是 JSON 对象',
  "'{}' is not a date: 'infinity' is no instant.": '“{}”不是日期：infinity 不是时刻',
  'attempt {} failed: {}': '第 {} 次尝试失败：{}',
  'The process that ran this job ended, or lost its lease, before the run was over.':
    '执行该任务的进程在执行结束之前退出，或失去了租约。',
  'Its record says that this instance runs it, and it does not.': '记录显示本实例正在执行它，而实际并没有。',
  'Instance {} stopped renewing its lease while it ran this.': '实例 {} 在执行期间停止续租。',
  'The lease of this instance ended before the run could start.': '本实例的租约在执行开始之前已到期。',
  'The run did not end within its timeout of {} ms.': '执行未在 {} 毫秒的超时时间内结束。',
  'The next occurrence of the job is due (overlap policy is cancelPrevious).':
    '该任务的下一次执行已到时间（overlap 策略为 cancelPrevious）。',
  'Cancelled by {}.': '由 {} 取消。',
  cancelled: '已取消',
  'the service stops, and the run outlasted SHUTDOWN_GRACE': '服务停止，且执行未在 SHUTDOWN_GRACE 内结束',
  'the service was told twice to stop': '服务收到两次停止信号',
  "There is no job '{}'. GET /admin/jobs lists those that exist.": '任务“{}”不存在。',
  'The error cannot be written ({}).': '错误无法写入（{}）。',
};

const FORMS = Object.entries(WORDS).map(([form, zh]) => ({ pattern: patternOf(form), zh }));

function patternOf(form: string): RegExp {
  const [head, ...rest] = form.split('{}').map((part) => part.replaceAll(/[()]|[.]$/g, String.raw`\$&`));
  return new RegExp(`^${[head, ...rest].join('(.+)')}$`, 's');
}

/** @param reason as it was recorded, in English where the engine wrote it */
export function chineseReason(reason: string): string {
  for (const { pattern, zh } of FORMS) {
    const found = pattern.exec(reason);
    if (found === null) continue;
    const said = found.slice(1).map(chineseReason);
    return zh.replaceAll('{}', () => said.shift()!);
  }
  return reason;
}
