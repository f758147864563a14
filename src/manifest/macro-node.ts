import { dispatch, dispatchOrder, type MacroRegistry, type MacroSource } from '../context/macro-registry.ts';
import type { SourceBlock } from '../jinja/blocks.ts';
import type { Template } from '../jinja/template.ts';
import { mentionsOf } from '../jinja/walk.ts';
import type { MacroMentions } from './internal-packages.ts';
import type { FoundMacro } from './macro-blocks.ts';
import type { MacroOptions } from './macros.ts';
import type { MacroNode, UniqueId } from './node.ts';
import type { Draft } from './record.ts';

const languagesOption = /\bsupported_languages\s*=\s*\[([^\]]*)\]/;

function languagesOf(block: SourceBlock, source: MacroSource): readonly string[] | null {
  if (block.tag !== 'materialization') return null;
  const list = languagesOption.exec(source.text.slice(block.start, block.bodyStart))?.[1];
  return list === undefined ? ['sql'] : [...list.matchAll(/['"]([^'"]*)['"]/g)].map((match) => match[1]!);
}

/** The parameters of a macro's head; those of a materialization are its languages. */
function parametersOf(source: MacroSource, { tag }: SourceBlock): MacroNode['arguments'] {
  const named = (name: string) => ({ name, type: null, description: '' });
  if (tag === 'materialization') return [named('supported_languages')];
  try {
    return source.definition().definition.parameters.map(({ name }) => named(name));
  } catch {
    // Its syntax error is told when it is loaded.
    return [];
  }
}

/**
 * The node of a macro. What takes its text, or the registry of all macros, is worked out when it is first read:
 * hundreds of our macros are never used by a project.
 */
export function macroNode(
  { source, block }: FoundMacro,
  path: string,
  ofTestFile: boolean,
  options: MacroOptions,
  registry: () => MacroRegistry,
): Draft<MacroNode> {
  let dependencies: readonly UniqueId[] | null = null;
  return {
    name: source.name,
    resource_type: 'macro',
    package_name: source.packageName,
    path,
    original_file_path: path,
    unique_id: source.uniqueId,
    get macro_sql() {
      return blockText(source.text, block);
    },
    depends_on: {
      get macros() {
        dependencies ??= macroDependencies(source, block.mentions ?? null, registry(), options);
        return dependencies;
      },
    },
    description: '',
    meta: {},
    docs: { show: true, node_color: null },
    config: { meta: {}, docs: { show: true, node_color: null } },
    patch_path: null,
    arguments: options.namesArguments && !ofTestFile ? parametersOf(source, block) : [],
    created_at: options.createdAt,
    supported_languages: languagesOf(block, source),
  };
}

/** The block with the white space that its tags strip, but none of that around the file, which dbt never sees. */
function blockText(text: string, { start, end }: SourceBlock): string {
  const from = start + (text.slice(0, start).trim() === '' ? leadingSpace(text.slice(start, end)) : 0);
  const body = text.slice(from, end);
  return text.slice(end).trim() === '' ? body.trimEnd() : body;
}

const leadingSpace = (text: string): number => text.length - text.trimStart().length;

const functionsOfNodes: ReadonlySet<string> = new Set(['source', 'ref', 'config']);

/** Macros that a macro's text calls, whether or not a run gets there; those that do not exist are left out. */
function macroDependencies(
  source: MacroSource,
  known: MacroMentions | null,
  registry: MacroRegistry,
  options: MacroOptions,
): readonly UniqueId[] {
  const out = new Set<UniqueId>();
  const add = (packageName: string, name: string): void => {
    const id = name === source.name ? undefined : anyMacro(registry, packageName, name)?.uniqueId;
    if (id !== undefined) out.add(id);
  };
  let mentions: MacroMentions;
  try {
    mentions = known ?? mentionsOfMacro({ body: [source.definition().definition] });
  } catch {
    // Its syntax error has been told when it was loaded.
    return [];
  }
  for (const call of mentions.calls) {
    const [first, second, third] = call.split('.');
    if (third !== undefined || functionsOfNodes.has(call)) continue;
    if (second === undefined) add(source.packageName, first!);
    else if (first !== 'adapter') add(first!, second);
    else if (second === 'dispatch') {
      for (const { macro, namespace } of mentions.dispatches) {
        if (macro === null) continue;
        add(source.packageName, macro);
        const order = dispatchOrder(registry, namespace, options.dispatchOrders);
        const prefixes = [options.facts.type, ...options.facts.dispatchParents, 'default'];
        const target = dispatch(registry, macro, order, prefixes, source.packageName);
        if ('macro' in target && target.macro.name !== source.name) out.add(target.macro.uniqueId);
      }
    }
  }
  return [...out];
}

/** What the text of a macro mentions of others. */
export function mentionsOfMacro(template: Pick<Template, 'body'>): MacroMentions {
  const { calls, dispatches } = mentionsOf(template);
  return { calls: [...calls], dispatches: dispatches.map(({ macro, namespace }) => ({ macro, namespace })) };
}

/**
 * The macro of a name as dbt lists dependencies: of the package, the root project, any installed package (the last
 * one wins), ours.
 */
export function anyMacro(
  registry: MacroRegistry,
  packageName: string,
  name: string,
): MacroSource | undefined {
  const near = registry.inPackage(packageName, name) ?? registry.inPackage(registry.rootPackage, name);
  if (near !== undefined) return near;
  let far: MacroSource | undefined;
  for (const installed of registry.packages) far = registry.inPackage(installed, name) ?? far;
  return far ?? registry.inPackage('dbt', name);
}
