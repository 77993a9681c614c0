/**
 * Loaded before everything else under Node, to start in a third of the time and in two thirds of the memory; leaving it out
 * changes nothing but that. Compiled code is kept between starts; drizzle-orm's modules are taken for what they are, instead
 * of its package.json of 179 KB being parsed again for each of them; and memory is kept small. For the first ten seconds, in
 * which modules and rows are read, what is young in it, rubbish most of it, gets 2 MB, where V8 would let it grow to 64 and
 * keep that for good; then what was left behind is given back to the system, once, in 20 ms, or in a tenth of a second
 * with 100,000 jobs; and then it may grow, at once by much, to three times of what is in use: a herd of runs needs it, and to
 * look through all the jobs for rubbish in the middle of one took a third of its time; V8 does so by itself when little goes on.
 * Code that waits for its herd stays compiled.
 *
 * In JavaScript: the first file in TypeScript, before what is compiled is kept, has Node load its compiler, of 18 MB.
 */
import { readFileSync } from 'node:fs';
import { enableCompileCache, registerHooks } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const DRIZZLE = '/node_modules/drizzle-orm/';

setFlagsFromString('--semi-space-growth-factor=1');
setFlagsFromString('--no-flush-bytecode');
setTimeout(() => {
  setFlagsFromString('--heap-growing-percent=200');
  giveBackMemory();
  setFlagsFromString('--semi-space-growth-factor=8');
}, 10_000).unref();
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

/** V8 keeps what it once had for as long as nobody asks it; only a context made after that flag has the function to ask with. */
function giveBackMemory() {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')({ flavor: 'last-resort' });
}
