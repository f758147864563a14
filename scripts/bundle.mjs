import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { lazyBuiltins } from './lazy-builtins.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);

/** Packages of many files that every run opens go into ours, with their licences; all others are installed beside us. */
const inside = ['@dagrejs/graphlib', '@duckdb/node-api', 'commander'];
const isOutside = (id) =>
  /^[^./]/.test(id) && !inside.some((name) => id === name || id.startsWith(`${name}/`));

/** What is loaded together lies together; what is in none of these is a file for each command or warehouse. */
const chunks = [
  { name: 'start', modules: ['cli/main'] },
  {
    name: 'base',
    modules: ['cli/run-cli', 'index', 'commands/parse', 'commands/list', 'commands/select-nodes'],
  },
  { name: 'project', modules: ['commands/open-project'] },
  { name: 'execute', modules: ['commands/build', 'commands/compile', 'commands/show', 'commands/retry'] },
];

/** commander loads what starts other programs, for a feature that we do not use. */
const withoutPrograms = {
  name: 'without-programs',
  transform: (code, id) => {
    if (!id.endsWith('/commander/lib/command.js')) return null;
    const load = "require('node:child_process')";
    if (!code.includes(load)) throw new Error('commander starts programs in another way than it did');
    return code.replace(load, '{}');
  },
};

/** The engine holds text of one byte for each character, and compares it with compiled code, in half the time. */
const inAscii = {
  name: 'in-ascii',
  generateBundle: (_, files) => {
    for (const file of Object.values(files)) {
      const escaped = (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
      if (file.type === 'chunk') file.code = file.code.replace(/[^\0-\x7f]/g, escaped);
    }
  },
};

/** The program as CommonJS files, which `load-program` evaluates from compiled code, and the modules of the package. */
export async function bundle(made) {
  const entries = ['src/cli/main', 'src/index', 'src/adapter/index', 'src/manifest/macro-index'];
  await write(made, entries, {
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: 'chunks/[name].cjs',
    codeSplitting: {
      includeDependenciesRecursively: true,
      groups: chunks.map(({ name, modules }, index) => {
        const paths = new Set(modules.map((module) => join(root, 'src', `${module}.ts`)));
        return { name, test: (id) => paths.has(id), priority: chunks.length - index };
      }),
    },
  });
  await write(made, ['src/cli/load-program'], { format: 'cjs', entryFileNames: '[name].cjs' });
  for (const entry of ['src/index', 'src/adapter/index']) writeModule(made, entry);
  writeFileSync(join(made, 'LICENSES.txt'), inside.map(licenceOf).join('\n'));
}

async function write(made, entries, output) {
  const build = await rolldown({
    cwd: root,
    input: Object.fromEntries(entries.map((entry) => [entry, `${entry}.ts`])),
    platform: 'node',
    external: isOutside,
    plugins: [withoutPrograms, lazyBuiltins, inAscii],
    logLevel: 'warn',
    // Which command loads what is decided by the chunks, not by each import.
    checks: { ineffectiveDynamicImport: false },
  });
  await build.write({
    dir: made,
    // Names stay, for stack traces; without white space and comments a start has half as much to read.
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
    ...output,
  });
  await build.close();
}

/** A module that gives what the program's entry gives. */
function writeModule(made, entry) {
  const names = Object.keys(require(join(made, `${entry}.cjs`)));
  const up = '../'.repeat(entry.split('/').length - 1);
  const lines = [
    `import loader from '${up}src/cli/load-program.cjs';`,
    `export const { ${names.join(', ')} } = loader.loadProgram('${entry}.cjs');`,
  ];
  writeFileSync(join(made, `${entry}.js`), `${lines.join('\n')}\n`);
}

function licenceOf(name) {
  const folder = join(root, 'node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8');
  return `${name} ${version} (${license})\n\n${text}`;
}
