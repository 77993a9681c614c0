/** `carillon token`: a strong token, and where it goes. The token alone is on standard output. */
import { randomBytes } from 'node:crypto';
import { type CommandContext, printJson } from '../command-context.ts';

export async function makeToken(context: CommandContext): Promise<void> {
  const token = randomBytes(32).toString('base64url');
  if (context.isJson) return printJson(context, { token });
  context.print(token);
  context.remark('Give it to the service as ADMIN_TOKEN, OPERATOR_TOKEN or VIEWER_TOKEN, each a token of its own,');
  context.remark('and to this command line as CARILLON_TOKEN. It is kept nowhere: whoever has it may do as its role.');
}
