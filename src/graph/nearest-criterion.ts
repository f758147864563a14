import { nearestName } from '../core/nearest.ts';
import { allNodes, type Manifest } from '../manifest/manifest.ts';
import type { AnyNode } from '../manifest/node.ts';
import { tagsOf } from './select-methods.ts';
import type { Criterion } from './selector.ts';

/**
 * What was probably meant by a criterion that met nothing: its value as it is written somewhere, the key of a
 * configuration, or the method that a bare name lacks (`tag:nightly` for `nightly`). Null where nothing is near.
 */
export function nearestCriterion(criterion: Criterion, manifest: Manifest): string | null {
  const value = String(criterion.value);
  if (criterion.method === 'config') return nearestConfig(criterion, manifest);
  const known = namesFor(criterion, manifest);
  if (known.has(value)) return null;
  const near = nearestName(value, known);
  if (near !== null || criterion.method !== 'fqn') return near;
  for (const method of ['tag', 'group', 'source', 'package', 'test_name'] as const) {
    if (namesFor({ ...criterion, method }, manifest).has(value)) return `${method}:${value}`;
  }
  return null;
}

/** A key that no node has, else a value that none has there. */
function nearestConfig({ methodArguments, value }: Criterion, manifest: Manifest): string | null {
  const [key = '', ...rest] = methodArguments;
  const keys = new Set<string>();
  const values = new Set<string>();
  for (const node of allNodes(manifest)) {
    for (const one of Object.keys(node.config)) keys.add(one);
    const found = rest.length === 0 ? node.config[key] : undefined;
    for (const one of Array.isArray(found) ? found : [found]) if (typeof one === 'string') values.add(one);
  }
  if (!keys.has(key)) {
    const near = nearestName(key, keys);
    return near === null ? null : `config.${[near, ...rest].join('.')}:${String(value)}`;
  }
  return values.has(String(value)) ? null : nearestName(String(value), values);
}

/** Values of methods that look at no node's name. */
const fixed: Readonly<Record<string, readonly string[]>> = {
  access: ['public', 'protected', 'private'],
  result: [
    'success',
    'error',
    'fail',
    'warn',
    'skipped',
    'pass',
    'no-op',
    'partial success',
    'runtime error',
  ],
};

/** The names among which a mistyped value is looked up. */
function namesFor({ method }: Criterion, manifest: Manifest): ReadonlySet<string> {
  const names = new Set<string>(fixed[method]);
  for (const node of allNodes(manifest)) for (const name of namesOf(node, method)) names.add(name);
  names.delete('');
  return names;
}

function namesOf(node: AnyNode, method: Criterion['method']): readonly string[] {
  switch (method) {
    case 'tag':
      return tagsOf(node);
    case 'package':
      return [node.package_name];
    case 'group':
      return [String(node.config['group'] ?? '')];
    case 'path':
      return [node.original_file_path];
    case 'file':
      return [node.original_file_path.split('/').at(-1)!];
    case 'source':
      return node.resource_type === 'source' ? [node.source_name, `${node.source_name}.${node.name}`] : [];
    case 'test_name':
      return node.resource_type === 'test' ? [node.test_metadata?.name ?? ''] : [];
    case 'fqn':
      if (node.resource_type === 'source') return [];
      return [...(node.resource_type === 'test' ? [] : [node.name]), ...node.fqn.slice(0, -1)];
    default:
      return method === node.resource_type ? [node.name] : [];
  }
}
