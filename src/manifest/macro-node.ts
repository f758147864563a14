import type { MacroRegistry, MacroSource } from '../context/macro-registry.ts';
import type { SourceBlock } from '../jinja/blocks.ts';
import type { Template } from '../jinja/template.ts';
import { mentionsOf } from '../jinja/walk.ts';
import type { MacroMentions } from './internal-packages.ts';
import type { FoundMacro } from './macro-blocks.ts';
import { macroDependencies } from './macro-dependencies.ts';
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
  found: FoundMacro,
  path: string,
  ofTestFile: boolean,
  options: MacroOptions,
  registry: () => MacroRegistry,
): Draft<MacroNode> {
  const { source, block } = found;
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
        dependencies ??= macroDependencies(source, mentionsIn(found), registry(), options);
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

/** Those that the index of our macros has, or those of the text; none where a syntax error has been told. */
function mentionsIn({ source, block }: FoundMacro): MacroMentions {
  if (block.mentions) return block.mentions;
  try {
    return mentionsOfMacro({ body: [source.definition().definition] });
  } catch {
    return { calls: [], dispatches: [] };
  }
}

/** What the text of a macro mentions of others. */
export function mentionsOfMacro(template: Pick<Template, 'body'>): MacroMentions {
  const { calls, dispatches } = mentionsOf(template);
  return { calls: [...calls], dispatches: dispatches.map(({ macro, namespace }) => ({ macro, namespace })) };
}
