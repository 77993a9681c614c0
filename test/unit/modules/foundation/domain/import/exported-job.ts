/** One job as APScheduler 3.11 holds it. Owns the shape that the tests change one member of. */
export const SHANGHAI = { timezone: 'Asia/Shanghai' };
/** As `job.__getstate__()` has it, with the trigger printed. */
export const JOB = {
  version: 1,
  id: 'nightly',
  func: 'myapp.jobs:send_mail',
  trigger: "cron[day_of_week='mon-fri', hour='9', minute='0']",
  executor: 'default',
  args: [],
  kwargs: { to: 'ops' },
  name: 'Send the mail',
  misfire_grace_time: 30,
  coalesce: true,
  max_instances: 1,
  next_run_time: '2026-11-24 09:00:00+08:00',
};
