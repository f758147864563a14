import type { AnyNode } from '../manifest/node.ts';
import type { Criterion } from './selector.ts';

/**
 * `config.materialized:table`, `config.meta.owner:ann`: the value at that place is the wanted one, or a list that
 * holds it. `true` and `false` match booleans in any case; other text never matches a number, though a number of a
 * YAML selector does. `config.severity` ignores case. Looks at what runs and at sources, as dbt.
 */
export function configMatcher({ methodArguments, value }: Criterion): (node: AnyNode) => boolean {
  const ignoreCase = methodArguments.length === 1 && methodArguments[0] === 'severity';
  const isWanted = (found: unknown): boolean => equals(found, value, ignoreCase);
  return (node) => {
    if (!hasSelectableConfig(node)) return false;
    const found = valueAt(node.config, methodArguments);
    return Array.isArray(found) ? found.some(isWanted) : isWanted(found);
  };
}

const withoutSelectableConfig: ReadonlySet<string> = new Set([
  'exposure',
  'metric',
  'semantic_model',
  'saved_query',
  'unit_test',
  'function',
]);

const hasSelectableConfig = (node: AnyNode): boolean => !withoutSelectableConfig.has(node.resource_type);

function valueAt(config: unknown, path: readonly string[]): unknown {
  let value: unknown = config;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || !Object.hasOwn(value, key)) {
      return undefined;
    }
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return value;
}

function equals(found: unknown, wanted: Criterion['value'], ignoreCase: boolean): boolean {
  if (found === undefined) return false;
  if (typeof found === 'boolean') {
    // Python: True == 1.
    return typeof wanted === 'number'
      ? Number(found) === wanted
      : String(wanted).toLowerCase() === String(found);
  }
  if (typeof found === 'number' && typeof wanted === 'boolean') return found === Number(wanted);
  if (ignoreCase && typeof found === 'string') return found.toUpperCase() === String(wanted).toUpperCase();
  return found === wanted;
}
