/** The files of the reference page, out of the package that they come in. A deployment without the package has none. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { ReadReferenceFile } from '../modules/foundation/interface/http/routes/reference.ts';

const PACKAGE = 'swagger-ui-dist/package.json';

/** Each is read once. */
const texts = new Map<string, Promise<string | null>>();

export const readReferenceFile: ReadReferenceFile = (name) => {
  const known = texts.get(name) ?? readText(name);
  texts.set(name, known);
  return known;
};

async function readText(name: string): Promise<string | null> {
  try {
    return await readFile(fileURLToPath(new URL(name, import.meta.resolve(PACKAGE))), 'utf8');
  } catch {
    // Left out of a bundle, or not to be read here: the page says so.
    return null;
  }
}
