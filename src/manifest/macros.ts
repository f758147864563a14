import type { AdapterFacts } from '../adapter/facts.ts';
import {
  createMacroRegistry,
  dispatch,
  dispatchOrder,
  type MacroRegistry,
  type MacroSource,
} from '../context/macro-registry.ts';
import type { Diagnostics } from '../core/diagnostic.ts';
import type { Span } from '../core/span.ts';
import { defineMacro } from '../jinja/bind-macro.ts';
import { type SourceBlock, scanBlocks } from '../jinja/blocks.ts';
import { parseTemplate, type Template } from '../jinja/template.ts';
import { mentionsOf } from '../jinja/walk.ts';
import type { Project, ProjectPackage, SourceFile } from '../project/project.ts';
import { duplicateMacro, strayBlock } from './errors.ts';
import type { IndexedBlock, InternalPackage, MacroFile, MacroMentions } from './internal-packages.ts';
import type { MacroNode, UniqueId } from './node.ts';
import { shownPath } from './paths.ts';
import type { Draft } from './record.ts';
import { catchTemplate } from './template-failures.ts';

export interface ProjectMacros {
  readonly registry: MacroRegistry;
  readonly nodes: ReadonlyMap<UniqueId, Draft<MacroNode>>;
}

export interface MacroOptions {
  readonly project: Project;
  readonly packages: readonly ProjectPackage[];
  readonly internal: readonly InternalPackage[];
  readonly facts: AdapterFacts;
  readonly dispatchOrders: ReadonlyMap<string, readonly string[]>;
  readonly createdAt: number;
  /** dbt's flag `validate_macro_args`: macros are published with the parameters of their definitions. */
  readonly namesArguments: boolean;
  readonly found: Diagnostics;
}

/** Blocks of a macro file that are macros. */
export const macroTags: ReadonlySet<string> = new Set(['macro', 'materialization', 'test', 'data_test']);
const testTags: ReadonlySet<string> = new Set(['test', 'data_test']);

/**
 * Every macro of the project, its packages and ours. Macros of the user are parsed, so that their mistakes are told
 * now; ours when they are first used. A package's second macro of a name is an error and left out.
 */
export function loadMacros(options: MacroOptions): ProjectMacros {
  const sources = new Map<UniqueId, MacroSource>();
  const nodes = new Map<UniqueId, Draft<MacroNode>>();
  const holder: { registry: MacroRegistry | null } = { registry: null };
  const take: TakeFile = (packageName, file, shown, wanted, tellStray) => {
    for (const { block, source, text } of macrosOf(
      packageName,
      { shown, text: file.text, blocks: file.blocks },
      wanted,
      options.found,
      tellStray,
    )) {
      const existing = sources.get(source.uniqueId);
      if (existing !== undefined) {
        options.found.add(duplicateMacro(source.name, packageName, spanOf(source), spanOf(existing)));
        continue;
      }
      // dbt's own generic tests stand in files of tests too.
      const ours = options.internal.some(({ name }) => name === packageName);
      const ofTestFile = wanted === testTags || (ours && testTags.has(block.tag));
      sources.set(source.uniqueId, source);
      nodes.set(
        source.uniqueId,
        macroNode(source, file.path, text, block, ofTestFile, options, () => holder.registry!),
      );
    }
  };
  for (const one of options.packages.slice(0, 1)) takePackage(options.project, one, take);
  for (const one of options.internal)
    for (const file of one.macros) take(one.name, file, file.path, macroTags, false);
  for (const one of options.packages.slice(1)) takePackage(options.project, one, take);
  holder.registry = createMacroRegistry({
    rootPackage: options.project.root.name,
    internalPackages: options.internal.map((one) => one.name),
    macros: sources.values(),
  });
  for (const source of sources.values()) {
    if (!holder.registry.internalPackages.includes(source.packageName)) {
      catchTemplate(options.found, () => source.definition());
    }
  }
  return { registry: holder.registry, nodes };
}

type TakeFile = (
  packageName: string,
  file: MacroFile,
  /** The file's path in errors. */
  shown: string,
  wanted: ReadonlySet<string>,
  tellStray: boolean,
) => void;

function takePackage(project: Project, pack: ProjectPackage, take: TakeFile): void {
  const shown = (file: SourceFile): string => shownPath({ project }, pack, file.path);
  for (const file of pack.files.macros) take(pack.name, file, shown(file), macroTags, true);
  for (const file of pack.files.genericTests) take(pack.name, file, shown(file), testTags, false);
}

interface ShownFile {
  readonly shown: string;
  readonly text: string;
  readonly blocks?: readonly IndexedBlock[] | undefined;
}

interface FoundMacro {
  readonly block: SourceBlock & Partial<IndexedBlock>;
  readonly source: MacroSource;
  readonly text: string;
}

function macrosOf(
  packageName: string,
  file: ShownFile,
  wanted: ReadonlySet<string>,
  found: Diagnostics,
  tellStray: boolean,
): readonly FoundMacro[] {
  const { shown: path, text } = file;
  const scanned = file.blocks ?? scanBlocks({ path, text }, wanted);
  const { blocks, strayTags, diagnostics } =
    'blocks' in scanned ? scanned : { blocks: scanned, strayTags: [], diagnostics: [] };
  for (const diagnostic of diagnostics) found.add(diagnostic);
  if (tellStray) {
    for (const { tag, start, end } of strayTags) found.add(strayBlock(tag, { file: path, text, start, end }));
  }
  const out: FoundMacro[] = [];
  for (const block of blocks) {
    const name = callName(block, text);
    if (name === null) {
      // A head that names nothing is a syntax error, which parsing places.
      catchTemplate(found, () => parseTemplate({ path, text, start: block.start, end: block.end }));
      continue;
    }
    out.push({ block, text, source: macroSource(packageName, name, file, block) });
  }
  return out;
}

function macroSource(packageName: string, name: string, file: ShownFile, block: SourceBlock): MacroSource {
  let definition: ReturnType<typeof defineMacro> | null = null;
  const { shown: path, text } = file;
  const { start, end } = block;
  return {
    uniqueId: `macro.${packageName}.${name}`,
    name,
    packageName,
    file: path,
    text,
    start,
    end,
    definition: () => {
      definition ??= defineMacro(parseTemplate({ path, text, start, end }));
      return definition;
    },
  };
}

const adapterOption = /\badapter\s*=\s*(['"])([^'"]*)\1/;
const languagesOption = /\bsupported_languages\s*=\s*\[([^\]]*)\]/;

/** The name a block is called by: `test_unique`, `materialization_view_default`; null where its head has none. */
function callName(block: SourceBlock, text: string): string | null {
  if (block.name === null) return null;
  if (block.tag === 'macro') return block.name;
  if (block.tag !== 'materialization') return `test_${block.name}`;
  const adapter = adapterOption.exec(text.slice(block.start, block.bodyStart))?.[2];
  return `materialization_${block.name}_${adapter ?? 'default'}`;
}

function languagesOf(block: SourceBlock, text: string): readonly string[] | null {
  if (block.tag !== 'materialization') return null;
  const list = languagesOption.exec(text.slice(block.start, block.bodyStart))?.[1];
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

function macroNode(
  source: MacroSource,
  path: string,
  text: string,
  block: FoundMacro['block'],
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
    macro_sql: blockText(text, block),
    depends_on: {
      // Looked up when it is first read: hundreds of our macros are never used by a project.
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
    supported_languages: languagesOf(block, text),
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

const spanOf = ({ file, text, start, end }: MacroSource): Span => ({
  file,
  text,
  start,
  end: Math.min(end, start + 60),
});
