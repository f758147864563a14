import type { AdapterFacts } from '../adapter/facts.ts';
import { dispatch, dispatchOrder, type MacroRegistry, type MacroSource } from '../context/macro-registry.ts';
import type { MacroMentions } from './internal-packages.ts';
import type { UniqueId } from './node.ts';

export interface DispatchOptions {
  readonly facts: Pick<AdapterFacts, 'type' | 'dispatchParents'>;
  readonly dispatchOrders: ReadonlyMap<string, readonly string[]>;
}

/**
 * Names that every template has of itself: dbt lists no macro for a call of one of these, even where a macro of a
 * package hides it.
 */
const namesOfTemplates: ReadonlySet<string> = new Set([
  ...['source', 'ref', 'config', 'builtins', 'context'],
  ...[
    'dbt_version',
    'var',
    'env_var',
    'return',
    'fromjson',
    'tojson',
    'fromyaml',
    'toyaml',
    'set',
    'set_strict',
  ],
  ...[
    'zip',
    'zip_strict',
    'log',
    'run_started_at',
    'invocation_id',
    'thread_id',
    'modules',
    'flags',
    'print',
  ],
  ...['diff_of_two_dicts', 'local_md5', 'target', 'project_name'],
]);

/**
 * Macros that a macro's text calls, whether or not a run gets there, in the order of the text; those that do not exist
 * are left out. The rule is dbt's, which other tools read from the manifest: names are looked for more widely here than
 * when they are called.
 */
export function macroDependencies(
  source: MacroSource,
  mentions: MacroMentions,
  registry: MacroRegistry,
  options: DispatchOptions,
): readonly UniqueId[] {
  const out = new Set<UniqueId>();
  const add = (packageName: string, name: string): void => {
    const id = anyMacro(registry, packageName, name)?.uniqueId;
    if (id !== undefined) out.add(id);
  };
  for (const call of mentions.calls) {
    const [first, second, third] = call.split('.');
    if (third !== undefined || namesOfTemplates.has(call)) continue;
    if (second === undefined) {
      if (first !== source.name) add(source.packageName, first!);
    } else if (first !== 'adapter') add(first!, second);
    else if (second === 'dispatch') {
      for (const { macro, namespace } of mentions.dispatches) {
        if (macro === null) continue;
        if (macro !== source.name) add(source.packageName, macro);
        const target = dispatched(registry, macro, namespace, options);
        if (target !== undefined) out.add(target.uniqueId);
      }
    }
  }
  return [...out];
}

function dispatched(
  registry: MacroRegistry,
  name: string,
  namespace: string | null,
  { facts, dispatchOrders }: DispatchOptions,
): MacroSource | undefined {
  const order = dispatchOrder(registry, namespace, dispatchOrders);
  const prefixes = [facts.type, ...facts.dispatchParents, 'default'];
  if (order.includes(null)) {
    for (const prefix of prefixes) {
      const macro = anywhere(registry, `${prefix}__${name}`);
      if (macro !== undefined) return macro;
    }
    return undefined;
  }
  const found = dispatch(registry, name, order, prefixes, registry.rootPackage);
  return 'macro' in found ? found.macro : undefined;
}

/** The macro of a name as dbt lists dependencies: of the package named, else of any. */
export function anyMacro(
  registry: MacroRegistry,
  packageName: string,
  name: string,
): MacroSource | undefined {
  return registry.inPackage(packageName, name) ?? anywhere(registry, name);
}

/** Of the root project, any installed package (the last one wins), ours. */
function anywhere(registry: MacroRegistry, name: string): MacroSource | undefined {
  const own = registry.inPackage(registry.rootPackage, name);
  if (own !== undefined) return own;
  let far: MacroSource | undefined;
  for (const installed of registry.packages) far = registry.inPackage(installed, name) ?? far;
  return far ?? registry.inPackage('dbt', name);
}
