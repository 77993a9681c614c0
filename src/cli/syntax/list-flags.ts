/** What every list takes: how much of it. And what a group of commands does when none of them is named. */
import { type Command, InvalidArgumentError } from 'commander';
import { closestName } from '../../modules/foundation/domain/closest-name.ts';

/** How help texts say what `readInstant` reads. */
export const INSTANT_FORMS = "2026-11-23, '2026-11-23 09:00' or 2026-11-23T01:00:00Z";

export interface ListOptions {
  readonly limit: number;
  readonly all?: boolean;
}

export function addListFlags(command: Command): Command {
  return command
    .option('-n, --limit <n>', 'how many, 1 to 500', readLimit, 50)
    .option('--all', 'all of them, however many there are');
}

/** A group's `list`, which may be left out. A misspelt sister of it is told from it. */
export function addDefaultList(group: Command, description: string): Command {
  const list = group.command('list', { isDefault: true }).description(description).allowExcessArguments();
  return list.hook('preAction', () => {
    const [stranger] = list.args;
    if (stranger === undefined) return;
    const sisters = group.commands.map((command) => command.name());
    const near = closestName(stranger, sisters);
    const advice = near === null ? `Known are: ${sisters.join(', ')}` : `Did you mean ${near}?`;
    list.error(`error: unknown command '${group.name()} ${stranger}'\n(${advice})`);
  });
}

function readLimit(text: string): number {
  if (/^\d{1,3}$/.test(text) && Number(text) >= 1 && Number(text) <= 500) return Number(text);
  throw new InvalidArgumentError('It wants a whole number from 1 to 500.');
}
