#!/usr/bin/env node
import module from 'node:module';

module.enableCompileCache?.();
// Not awaited: Node would report a promise that never settles in its own words; main() has the exit code for it.
import('../dist/src/cli/main.js').then(({ main }) => main());
