import type { ModelNode, TestNode, UniqueId } from './node.ts';
import type { NodeStore } from './node-store.ts';
import type { Draft } from './record.ts';
import { byCodePoint } from './test-names.ts';

/**
 * Gives every model the columns that look like its key: those of a primary key constraint, else those that are
 * tested as unique and not null, else as unique, else as unique by a disabled test. Sorted.
 */
export function inferPrimaryKeys(store: NodeStore): void {
  const tests = new Map<UniqueId, TestNode[]>();
  const keep = (node: unknown): void => {
    const test = node as TestNode;
    if (test.resource_type !== 'test' || test.test_metadata === undefined || !test.attached_node) return;
    const list = tests.get(test.attached_node);
    if (list === undefined) tests.set(test.attached_node, [test]);
    else list.push(test);
  };
  for (const { node } of store.nodes.values()) keep(node);
  for (const list of store.disabled.values()) for (const { node } of list) keep(node);
  for (const { node } of store.nodes.values()) {
    if (node.resource_type !== 'model') continue;
    const model = node as Draft<ModelNode>;
    const own = tests.get(model.unique_id);
    model.primary_key = constrainedKey(model) ?? (own === undefined ? [] : testedKey(own));
  }
}

function constrainedKey(model: Draft<ModelNode>): readonly string[] | null {
  const ofModel = model.constraints.find(isKey);
  if (ofModel !== undefined) return [...(ofModel['columns'] as string[])].sort(byCodePoint);
  for (const name in model.columns) if (model.columns[name]!.constraints.some(isKey)) return [name];
  return null;
}

const isKey = (constraint: Readonly<Record<string, unknown>>): boolean =>
  constraint['type'] === 'primary_key';

function testedKey(tests: readonly TestNode[]): readonly string[] {
  const unique = new Set<string>();
  const disabledUnique = new Set<string>();
  const notNull = new Set<string>();
  for (const { test_metadata: metadata, config } of tests) {
    for (const column of columnsOf(metadata!.kwargs)) {
      if (metadata!.name === 'not_null') notNull.add(column);
      else if (metadata!.name === 'unique' || metadata!.name === 'unique_combination_of_columns') {
        (config.enabled ? unique : disabledUnique).add(column);
      }
    }
  }
  const both = [...notNull].filter((column) => unique.has(column) || disabledUnique.has(column));
  const best = both.length > 0 ? both : unique.size > 0 ? [...unique] : [...disabledUnique];
  return best.sort(byCodePoint);
}

function columnsOf(kwargs: Readonly<Record<string, unknown>>): readonly string[] {
  const { column_name: column, combination_of_columns: combination } = kwargs;
  if (typeof column === 'string') return [column];
  return Array.isArray(combination)
    ? combination.filter((one): one is string => typeof one === 'string')
    : [];
}
