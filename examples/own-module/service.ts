/** The whole service, with a module of one's own: node examples/own-module/service.ts */
import { run } from 'carillon/node';
import { greetings } from './greetings.ts';

await run({ modules: { greetings } });
