import { type MethodName, methodNames } from '../../graph/selector.ts';
import { resourceTypes } from '../flags/command-flags.ts';
import type { Candidate } from './candidates.ts';
import type { NodeNames } from './names.ts';

/** Values of methods that have a list of their own. */
const values: Readonly<Partial<Record<MethodName, readonly string[]>>> = {
  resource_type: resourceTypes.filter((type) => type !== 'default' && type !== 'all'),
  test_type: ['generic', 'singular', 'data', 'unit'],
  access: ['public', 'protected', 'private'],
  version: ['latest', 'prerelease', 'old', 'none'],
  state: [
    'new',
    'old',
    'modified',
    'unmodified',
    'modified.body',
    'modified.configs',
    'modified.persisted_descriptions',
    'modified.relation',
    'modified.macros',
    'modified.contract',
  ],
  result: ['success', 'error', 'fail', 'warn', 'skipped', 'pass'],
  source_status: ['fresher'],
};

/**
 * What a criterion may go on with. Graph operators and what stands before a comma stay as they are typed: `+tag:ni`,
 * `orders,tag:ni`. `types` are those whose names stand without a method; names of tests only once one has begun.
 */
export function selectionCandidates(
  word: string,
  names: NodeNames,
  types: readonly string[],
): readonly Candidate[] {
  const comma = word.lastIndexOf(',') + 1;
  const [operator] = /^(?:@|\d*\+)?/.exec(word.slice(comma))!;
  const before = word.slice(0, comma) + operator;
  const rest = word.slice(before.length);
  const put = (list: readonly string[], help: string | null = null, open = false): readonly Candidate[] =>
    list.map((value) => ({ value: before + value, help, open }));
  const colon = rest.indexOf(':');
  if (colon >= 0) {
    const method = rest.slice(0, colon + 1);
    const inside = rest.slice(colon + 1);
    return ofMethod(rest.slice(0, colon), inside, names).map(({ value, help, open }) => ({
      value: before + method + value,
      help,
      open,
    }));
  }
  if (rest.includes('/')) {
    return nextParts(rest, names.paths).map((one) => ({ ...one, value: before + one.value }));
  }
  const shown = types.filter((type) => rest !== '' || type !== 'test');
  return [
    ...shown.flatMap((type) => put(names.nodes[type] ?? [], type)),
    ...put(
      methodNames
        .filter((method) => method !== 'config')
        .map((method) => `${method}:`)
        .concat('config.materialized:'),
      'method',
      true,
    ),
  ];
}

function ofMethod(method: string, inside: string, names: NodeNames): readonly Candidate[] {
  const put = (list: readonly string[] = []): readonly Candidate[] =>
    list.map((value) => ({ value, help: null, open: false }));
  switch (method) {
    case 'tag':
      return put(names.tags);
    case 'group':
      return put(names.groups);
    case 'package':
      return put(['this', ...names.packages]);
    case 'source':
      return put(names.sources);
    case 'test_name':
      return put(names.testNames);
    case 'config.materialized':
      return put(names.materializations);
    case 'path':
      return nextParts(inside, names.paths);
    case 'file':
      return put([...new Set(names.paths.map((path) => path.split('/').at(-1)!))]);
    case 'fqn':
      return put(Object.values(names.nodes).flat());
    default:
      return put(values[method as MethodName] ?? names.nodes[method]);
  }
}

/** Paths one folder at a time, as shells complete files. */
function nextParts(inside: string, paths: readonly string[]): readonly Candidate[] {
  const folder = inside.slice(0, inside.lastIndexOf('/') + 1);
  const parts = new Set<string>();
  for (const path of paths) {
    if (!path.startsWith(folder)) continue;
    const end = path.indexOf('/', folder.length);
    parts.add(end < 0 ? path : path.slice(0, end + 1));
  }
  return [...parts].map((value) => ({ value, help: null, open: value.endsWith('/') }));
}
