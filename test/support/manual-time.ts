/** Time that stands still: the users' testing kit has it, and our own tests use the same. */
export * from '../../src/testing/manual-time.ts';
