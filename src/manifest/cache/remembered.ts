import type { MacroRegistry } from '../../context/macro-registry.ts';
import type { Diagnostic } from '../../core/diagnostic.ts';
import { Diagnostics } from '../../core/diagnostic.ts';
import type { ListedPackage, ListedProject } from '../../project/load-project.ts';
import type { PackageFiles, ProjectPackage } from '../../project/project.ts';
import { behaviour } from '../behaviour.ts';
import { loadMacros } from '../macros.ts';
import type { Manifest } from '../manifest.ts';
import type { ParseOptions } from '../parse-project.ts';
import { cachedManifest } from './cached-manifest.ts';
import { macroFiles, pathsOf } from './partial-parse.ts';
import type { Snapshot } from './snapshot.ts';
import { restoreDiagnostic } from './told.ts';

/** The manifest of a snapshot, with the warnings that parsing the whole project gives. */
export function rememberedManifest(snapshot: Snapshot, listed: ListedProject): Manifest {
  const { rows, texts, files, record } = snapshot;
  const warnings: Diagnostic[] = [...listed.warnings];
  for (const stored of [...record.fileWarnings, ...record.projectWarnings]) {
    warnings.push(restoreDiagnostic(stored, listed.root.directory));
  }
  return cachedManifest(
    { rows, texts, pathOf: pathsOf(files) },
    {
      projectName: listed.root.name,
      adapterType: listed.credentials.type,
      selectors: new Map(Object.entries(record.selectors)),
      warnings,
    },
  );
}

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
