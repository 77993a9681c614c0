/**
 * Loaded before everything else under Node, to start in a third of the time; leaving it out changes nothing but that. Compiled
 * code is kept between starts, and drizzle-orm's modules are taken for what they are, instead of its package.json of
 * 179 KB being parsed again for each of them.
 */
import { readFileSync } from 'node:fs';
import { enableCompileCache, registerHooks } from 'node:module';

const DRIZZLE = '/node_modules/drizzle-orm/';

enableCompileCache();
registerHooks({
  resolve: (specifier, context, next) =>
    specifier.startsWith('.') && context.parentURL?.includes(DRIZZLE) === true
      ? { url: new URL(specifier, context.parentURL).href, format: 'module', shortCircuit: true }
      : next(specifier, context),
  load: (url, context, next) =>
    url.includes(DRIZZLE) && url.endsWith('.js')
      ? { format: 'module', source: readFileSync(new URL(url)), shortCircuit: true }
      : next(url, context),
});
