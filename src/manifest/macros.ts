import type { AdapterFacts } from '../adapter/facts.ts';
import { createMacroRegistry, type MacroRegistry, type MacroSource } from '../context/macro-registry.ts';
import type { Diagnostics } from '../core/diagnostic.ts';
import type { Span } from '../core/span.ts';
import type { SourceBlock } from '../jinja/blocks.ts';
import type { Project, ProjectPackage, SourceFile } from '../project/project.ts';
import type { InternalPackage, MacroFile } from './internal-packages.ts';
import { macrosOf } from './macro-blocks.ts';
import { macroNode } from './macro-node.ts';
import { duplicateMacro } from './name-errors.ts';
import type { MacroNode, UniqueId } from './node.ts';
import { shownPath } from './paths.ts';
import type { Draft } from './record.ts';
import { catchTemplate } from './template-failures.ts';

export interface ProjectMacros {
  readonly registry: MacroRegistry;
  readonly nodes: ReadonlyMap<UniqueId, Draft<MacroNode>>;
  /** Where each macro that is not ours stands in its file. */
  readonly blocks: ReadonlyMap<UniqueId, SourceBlock>;
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
 * now (unless their blocks are known from an earlier parse); ours when they are first used. A package's second macro of a name is an error and left out.
 */
export function loadMacros(options: MacroOptions): ProjectMacros {
  const sources = new Map<UniqueId, MacroSource>();
  const nodes = new Map<UniqueId, Draft<MacroNode>>();
  const blocks = new Map<UniqueId, SourceBlock>();
  const holder: { registry: MacroRegistry | null } = { registry: null };
  const take: TakeFile = (packageName, file, shown, wanted, tellStray) => {
    for (const macro of macrosOf(packageName, { shown, file }, wanted, options.found, tellStray)) {
      const { block, source } = macro;
      const existing = sources.get(source.uniqueId);
      if (existing !== undefined) {
        options.found.add(duplicateMacro(source.name, packageName, spanOf(source), spanOf(existing)));
        continue;
      }
      // dbt's own generic tests stand in files of tests too.
      const ours = options.internal.some(({ name }) => name === packageName);
      const ofTestFile = wanted === testTags || (ours && testTags.has(block.tag));
      sources.set(source.uniqueId, source);
      const node = macroNode(macro, file.path, ofTestFile, options, () => holder.registry!);
      nodes.set(source.uniqueId, node);
      if (ours) continue;
      blocks.set(source.uniqueId, block);
      if (file.blocks === undefined) catchTemplate(options.found, () => source.definition());
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
  return { registry: holder.registry, nodes, blocks };
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

const spanOf = ({ file, text, start, end }: MacroSource): Span => ({
  file,
  text,
  start,
  end: Math.min(end, start + 60),
});
