import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commands } from '../../src/cli/flags/commands.ts';
import { globalFlags } from '../../src/cli/flags/flags.ts';
import * as api from '../../src/index.ts';
import { headings, page, root } from '../docs/markdown.ts';

const called = commands.flatMap(({ calls }) => calls ?? []);

test('every command is a function of the API, and has a heading in api.md', () => {
  const functions = Object.entries(api).flatMap(([name, value]) => (typeof value === 'function' ? name : []));
  expect(called.filter((name) => !functions.includes(name))).toEqual([]);
  const documented = headings(page('docs/api.md'), '###').flatMap((heading) => heading.split(', '));
  expect(called.filter((name) => !documented.includes(name))).toEqual([]);
});

test('every flag that a command acts upon is an option of the API', () => {
  const folder = join(root, 'src/commands');
  const sources = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  const options = new Set(
    sources.flatMap((text) => [...text.matchAll(/^ {2}readonly (\w+)\??:/gm)].map(([, name]) => name!)),
  );
  const flags = [...globalFlags, ...commands.flatMap((command) => command.flags)];
  const missing = flags.filter(({ use, name }) => use === 'command' && !options.has(name));
  // One thread is made of the first by the command line; the second asks for what `init` does in any case.
  expect(missing.map(({ name }) => name)).toEqual(['singleThreaded', 'skipProfileSetup']);
});
