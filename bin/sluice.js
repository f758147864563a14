#!/usr/bin/env node
import module from 'node:module';

// Drivers wait for their engine on these threads; Node's default of four would hold back `--threads`.
process.env.UV_THREADPOOL_SIZE ??= '16';
module.enableCompileCache?.();
// Not awaited: Node would report a promise that never settles in its own words; main() has the exit code for it.
import('../dist/src/cli/main.js').then(({ main }) => main());
