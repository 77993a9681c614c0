/** The whole command line as one tree of commands. Owns what all of them share. */
import { Command } from 'commander';
import { VERSION } from '../main/version.ts';
import { addJobCommands } from './syntax/job-commands.ts';
import { addFileCommands } from './syntax/file-commands.ts';
import { addEventCommand, addRunCommands } from './syntax/run-commands.ts';
import { addScheduleCommands } from './syntax/schedule-commands.ts';
import { addServiceCommands } from './syntax/service-commands.ts';

const AFTER_HELP = `
Which service: --server, CARILLON_SERVER, or the one on this machine (PORT, 3000 without).
Which token:   --token, CARILLON_TOKEN, or on this machine ADMIN_TOKEN or the one made at the first start.

Exit status:   0 done · 1 refused or not found · 2 wrong usage · 3 no service answers · 4 not allowed · 5 the run failed
               130 cut off by Ctrl-C`;

export function createProgram(): Command {
  const program = new Command('carillon')
    .description('A persistent, time-zone-correct job scheduler.')
    .version(VERSION, '-V, --version')
    .option('-s, --server <address>', 'the service, such as https://carillon.example.com')
    .option('--token <token>', 'the token to show it')
    .option('--json', "for programs: the API's own JSON")
    .exitOverride()
    .showHelpAfterError("('--help' lists what there is)")
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', AFTER_HELP);
  addHelp(program);
  addJobCommands(program);
  addRunCommands(program);
  addEventCommand(program);
  addScheduleCommands(program);
  addFileCommands(program);
  addServiceCommands(program);
  return program;
}

/** Commander's own knows the first word alone: of `help jobs create` it would show the help of `jobs`. */
function addHelp(program: Command): void {
  program.helpCommand(false);
  program
    .command('help [command...]')
    .description('the help of a command')
    .action((words: readonly string[]) => {
      let named = program;
      for (const word of words) {
        const next = named.commands.find((command) => command.name() === word);
        if (next === undefined) return named.error(`error: unknown command '${words.join(' ')}'`);
        named = next;
      }
      return named.help();
    });
}
