#!/usr/bin/env node
/**
 * The command line: `carillon <command>`. A client of the API on this machine or another, and the starter of the service.
 * Invariant: a command loads what it needs and no more, so that the next prompt comes at once.
 */
import * as modules from 'node:module';

// Node 20 has none, and gets along without.
modules.enableCompileCache?.();
const { runCommandLine } = await import('./run-command-line.ts');
await runCommandLine(process.argv);
