/** Cancellations over the store in memory: the users' testing kit has it, and our own tests use the same. */
export * from '../../src/testing/stored-cancellations.ts';
