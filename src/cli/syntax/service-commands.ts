/** `carillon start`, `status`, `migrate`, `doctor` and `token`: words, flags and help. */
import type { Command } from 'commander';
import { act } from '../command-context.ts';
import type { StartOptions } from '../commands/start-service.ts';

export function addServiceCommands(program: Command): void {
  program
    .command('start')
    .description('starts the service here; its settings come from the environment')
    .option('--port <port>', 'as PORT')
    .option('--host <address>', 'as HOST')
    .option('--data-directory <folder>', 'as DATA_DIRECTORY')
    .action(async (options: StartOptions) => (await import('../commands/start-service.ts')).startService(options));
  program
    .command('status')
    .description('how the scheduler does: instances, what is overdue, how late runs start')
    .action(act(async (context) => (await import('../commands/show-status.ts')).showStatus(context)));
  program
    .command('migrate')
    .description('applies the migrations to the database that the settings name; starting does so too')
    .action(act(async (context) => (await import('../commands/check-service.ts')).migrate(context)));
  program
    .command('doctor')
    .description('looks at settings, database, clock, zone data and folder, and says what to do; changes nothing')
    .action(act(async (context) => (await import('../commands/check-service.ts')).doctor(context)));
  program
    .command('token')
    .description('makes a strong token, and says where it goes')
    .action(act(async (context) => (await import('../commands/make-token.ts')).makeToken(context)));
}
