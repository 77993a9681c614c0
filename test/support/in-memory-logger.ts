/** The log as an array of lines: the users' testing kit has it, and our own tests use the same. */
export * from '../../src/testing/in-memory-logger.ts';
