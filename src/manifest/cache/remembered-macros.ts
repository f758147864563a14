import type { MacroRegistry } from '../../context/macro-registry.ts';
import { Diagnostics } from '../../core/diagnostic.ts';
import type { ListedPackage, ListedProject } from '../../project/load-project.ts';
import type { PackageFiles, ProjectPackage } from '../../project/project.ts';
import { behaviour } from '../behaviour.ts';
import { loadMacros } from '../macros.ts';
import type { ParseOptions } from '../parse-project.ts';
import { macroFiles } from './partial-parse.ts';
import type { Snapshot } from './snapshot.ts';

/** The macros of a project whose files are as the snapshot says. */
export function rememberedRegistry(
  snapshot: Snapshot,
  listed: ListedProject,
  { services, internalPackages }: Omit<ParseOptions, 'project' | 'part'>,
): MacroRegistry {
  const macrosOnly = ({ listing, shownPath, ...pack }: ListedPackage): ProjectPackage => ({
    ...pack,
    files: {
      ...noFiles,
      macros: macroFiles([], { ...pack, listing, shownPath }, 'macros', snapshot),
      genericTests: macroFiles([], { ...pack, listing, shownPath }, 'genericTests', snapshot),
    },
  });
  const project = { ...listed, root: macrosOnly(listed.root), packages: listed.packages.map(macrosOnly) };
  const { registry } = loadMacros({
    project,
    packages: [project.root, ...project.packages],
    internal: internalPackages,
    facts: services.facts,
    dispatchOrders: services.dispatchOrders,
    createdAt: 0,
    namesArguments: behaviour(services, 'validate_macro_args', false),
    found: new Diagnostics(),
  });
  return registry;
}

const noFiles: PackageFiles = {
  models: [],
  seeds: [],
  snapshots: [],
  analyses: [],
  singularTests: [],
  genericTests: [],
  macros: [],
  properties: [],
  docs: [],
  fixtures: [],
  functions: [],
};
