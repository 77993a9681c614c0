/** Who answers may be somebody else, in JSON too: that is told in a sentence. */
import { CommandFault } from '../command-fault.ts';
import { EXIT } from '../exit-status.ts';

/** @param sent what came where an answer of Carillon was asked for */
export function foreignFault(sent: string, cause?: unknown): CommandFault {
  return new CommandFault(EXIT.away, `What answers there is not Carillon: it sent ${sent}.`, { cause });
}

/** @throws CommandFault where it is no list */
export function asList<Page extends { readonly items: readonly unknown[] }>(page: Page): Page {
  const { items }: { items?: unknown } = page;
  if (!Array.isArray(items)) throw foreignFault('no list');
  return page;
}
