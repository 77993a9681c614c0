/** A module of one's own: job ids and their functions. */
import { defineJob, type JobRegistry } from 'carillon';
import * as v from 'valibot';

const hello = defineJob({
  description: 'Greets somebody.',
  kwargs: v.object({ name: v.string() }),
  run: ({ name }, { logger, scheduledAt }) => {
    logger.info('Greeting', { name, scheduledAt });
    return { greeting: `Hello, ${name}!` };
  },
});

export const greetings: JobRegistry = { 'greetings.hello': hello };
