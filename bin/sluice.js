#!/usr/bin/env node
'use strict';

const { enableCompileCache } = require('node:module');
const { loadOwnProgram } = require('../dist/src/cli/load-program.cjs');

// The engine of Node 20 optimizes functions so early that a command of a few seconds spends a fifth of its time on that.
if (process.versions.v8.startsWith('11.')) require('node:v8').setFlagsFromString('--interrupt-budget=270336');
// As later versions have it: without it `pg` makes a Response to see where it runs, which loads all of Node's fetch.
globalThis.navigator ??= { userAgent: `Node.js/${process.versions.node.split('.')[0]}` };
// Drivers wait for their engine on these threads; Node's default of four would hold back `--threads`.
process.env.UV_THREADPOOL_SIZE ??= '16';
// For the packages that we load.
enableCompileCache?.();
// Not awaited: Node would report a promise that never settles in its own words; main() has the exit code for it.
loadOwnProgram('src/cli/main.cjs', process.argv.slice(2)).main();
