/** A process that locks a folder, says so, and holds it until it is killed. */
import process from 'node:process';
import { lockFolder } from '../../../../../../../src/modules/foundation/infrastructure/persistence/drivers/folder-lock.ts';

await lockFolder(process.argv[2] ?? '.');
process.stdout.write('locked\n');
process.stdin.resume();
