/** What a replica logs for the suite to find: an error that nobody caught. */
export const UNCAUGHT = 'Uncaught, and the service goes on.';
