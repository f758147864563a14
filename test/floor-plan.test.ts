import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');

/** A room may import itself and the rooms before it. */
const rooms = [
  'core',
  'jinja',
  'adapter',
  'context',
  'project',
  'manifest',
  'artifacts',
  'graph',
  'intervals',
  'compile',
  'plan',
  'run',
  'lineage',
  'docs',
  'export',
  'commands',
  'index.ts',
  'cli',
];

interface Import {
  readonly from: string;
  readonly to: string;
  /** Types vanish when the program is built, and `import()` comes later: both may close a ring of files. */
  readonly harmless: boolean;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => join(folder, path).replaceAll('\\', '/'));
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found: Import[] = [];
  const pattern =
    /\b(import|export)\s+(type\s+)?(?:[\w*\s{},$]+?\s+from\s+)?'(\.[^']+)'|import\('(\.[^']+)'\)/g;
  for (const [statement, , type, path, dynamic] of text.matchAll(pattern)) {
    const target = relative(root, resolve(root, dirname(file), (path ?? dynamic)!)).replaceAll('\\', '/');
    const allTypes = /^(import|export)\s*\{([^}]*)\}/
      .exec(statement)?.[2]
      ?.split(',')
      .filter((name) => name.trim() !== '');
    const onlyTypes =
      type !== undefined || (allTypes?.every((name) => name.trim().startsWith('type ')) ?? false);
    found.push({ from: file, to: target, harmless: onlyTypes || dynamic !== undefined });
  }
  return found;
}

const roomOf = (file: string): string => file.split('/')[1]!;
const sources = [...sourceFiles('src'), ...sourceFiles('adapters')];
const imports = sources.flatMap(importsOf);

describe('the floor plan', () => {
  test('every file of src stands in a room of the plan', () => {
    const strangers = sourceFiles('src').filter((file) => !rooms.includes(roomOf(file)));
    expect(strangers).toEqual([]);
  });

  test('a room imports itself and the rooms above it only', () => {
    const breaches = imports
      .filter(({ from, to }) => from.startsWith('src/') && to.startsWith('src/'))
      .filter(({ from, to }) => rooms.indexOf(roomOf(to)) > rooms.indexOf(roomOf(from)))
      .map(({ from, to }) => `${from} imports ${to}`);
    expect(breaches).toEqual([]);
  });

  test('adapters import the port, the core and their own folder only', () => {
    const breaches = imports
      .filter(({ from }) => from.startsWith('adapters/'))
      .filter(({ from, to }) => {
        const own = from === 'adapters/index.ts' ? 'adapters/' : `${dirname(from)}/`;
        return !to.startsWith('src/adapter/') && !to.startsWith('src/core/') && !to.startsWith(own);
      })
      .map(({ from, to }) => `${from} imports ${to}`);
    expect(breaches).toEqual([]);
  });

  test('the list of adapters is imported by the API alone', () => {
    const importers = imports.filter(({ to }) => to === 'adapters/index.ts').map(({ from }) => from);
    expect(importers).toEqual(['src/index.ts']);
  });

  test('no file needs itself through its imports', () => {
    const graph = new Map<string, string[]>();
    for (const { from, to, harmless } of imports) {
      if (!harmless) graph.set(from, [...(graph.get(from) ?? []), to]);
    }
    expect(findRing(graph)).toBeNull();
  });

  test('the surroundings of the process are read in the command line and the API only', () => {
    const pattern = /\bprocess\.env\b|\bprocess\.cwd\(|\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(/;
    const readers = sources.filter((file) =>
      pattern.test(withoutComments(readFileSync(join(root, file), 'utf8'))),
    );
    const reads = (file: string): boolean => file === 'src/index.ts' || file.startsWith('src/cli/');
    expect(readers.filter((file) => !reads(file))).toEqual(['src/core/process-world.ts']);
    const users = sources.filter((file) => /process-world\.ts'/.test(readFileSync(join(root, file), 'utf8')));
    expect(users.filter((file) => !reads(file))).toEqual([]);
  });

  test('no code asks for the name of an adapter', () => {
    const pattern = /['"](duckdb|postgres|snowflake)['"]/;
    const askers = sourceFiles('src').filter((file) =>
      pattern.test(withoutComments(readFileSync(join(root, file), 'utf8'))),
    );
    expect(askers).toEqual(['src/project/profiles.ts']);
  });
});

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

function findRing(graph: ReadonlyMap<string, readonly string[]>): string | null {
  const state = new Map<string, 'open' | 'done'>();
  const path: string[] = [];
  const visit = (file: string): string | null => {
    if (state.get(file) === 'done') return null;
    if (state.get(file) === 'open') return [...path.slice(path.indexOf(file)), file].join(' -> ');
    state.set(file, 'open');
    path.push(file);
    for (const next of graph.get(file) ?? []) {
      const ring = visit(next);
      if (ring !== null) return ring;
    }
    path.pop();
    state.set(file, 'done');
    return null;
  };
  for (const file of graph.keys()) {
    const ring = visit(file);
    if (ring !== null) return ring;
  }
  return null;
}
