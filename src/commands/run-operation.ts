import { join } from 'node:path';
import type { MacroRegistry, MacroSource } from '../context/macro-registry.ts';
import { DiagnosticError } from '../core/diagnostic.ts';
import { openJournal } from '../run/journal/journal.ts';
import { lazyAdapter } from '../run/lazy-adapter.ts';
import type { RunResult } from '../run/result.ts';
import { runOperation as runMacro } from '../run/run-operation.ts';
import { macroNameMissing, macroUnknown } from './errors.ts';
import { journalStart } from './execute.ts';
import { type Invocation, type InvocationContext, invoke, type Surroundings } from './invocation.ts';
import { type OpenProject, openProject } from './open-project.ts';
import { openWarehouse } from './open-warehouse.ts';
import { macroHolder } from './operation-node.ts';
import type { ProjectOptions } from './options.ts';
import { writeManifestFile, writeResultsFile } from './project-artifacts.ts';
import { readTerms, runServices } from './run-services.ts';
import { treatmentOf } from './warning-treatment.ts';

export interface OperationOptions extends ProjectOptions {
  /** A macro's name, or `package.macro`. */
  readonly macro?: string;
  /** What it is called with, by name. */
  readonly macroArgs?: Readonly<Record<string, unknown>>;
}

export interface OperationOutcome {
  readonly success: boolean;
  readonly interrupted: boolean;
  /** That of the macro, alone. */
  readonly results: readonly RunResult[];
}

/** Runs one macro by itself: what it logs and prints is told, its statements are sent, its value is dropped. */
export function runOperation(
  options: OperationOptions,
  surroundings: Surroundings,
): Invocation<OperationOutcome> {
  const args = argsOf(options, surroundings.args);
  return invoke(
    'run-operation',
    { ...surroundings, args },
    treatmentOf(options),
    { results: [] },
    async (context) => {
      const project = await openProject(context, options);
      if (options.macro === undefined) throw new DiagnosticError(macroNameMissing());
      const start = context.world.elapsed();
      writeManifestFile(context, options, project, []);
      const result = await callMacro(
        context,
        options,
        project,
        namedMacro(project.services.registry, options.macro),
      );
      if (result.diagnostic !== null)
        context.emit({ name: 'operation-failed', diagnostic: result.diagnostic });
      writeResultsFile(context, options, project, [result], context.world.elapsed() - start);
      const interrupted = context.signal.aborted;
      return { success: result.status === 'success' && !interrupted, interrupted, results: [result] };
    },
  );
}

/** dbt's names of what was asked for: `macro`, and `args` where there are any. */
function argsOf(
  { macro, macroArgs }: OperationOptions,
  { macro_args: _, ...settings }: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  return { ...settings, macro, ...(macroArgs === undefined ? {} : { args: macroArgs }) };
}

interface NamedMacro {
  readonly macro: MacroSource;
  /** Where names in it are looked for first: the package that was named, else the project. */
  readonly packageName: string;
}

/** Throws `macro-not-found`. A plain name means the project's macro, else that of a package, else one of ours. */
function namedMacro(registry: MacroRegistry, given: string): NamedMacro {
  const dot = given.indexOf('.');
  const packageName = dot < 0 ? null : given.slice(0, dot);
  const name = given.slice(dot + 1);
  const { rootPackage } = registry;
  const others = [...registry.packages].filter((one) => one !== rootPackage).reverse();
  const packages = packageName === null ? [rootPackage, ...others, 'dbt'] : [packageName];
  for (const one of packages) {
    const macro = registry.inPackage(one, name);
    if (macro !== undefined) return { macro, packageName: packageName ?? rootPackage };
  }
  throw new DiagnosticError(macroUnknown(packageName, name, registry));
}

async function callMacro(
  context: InvocationContext,
  options: OperationOptions,
  project: OpenProject,
  { macro, packageName }: NamedMacro,
): Promise<RunResult> {
  const { facts } = project.services;
  const adapter = lazyAdapter(facts, () => openWarehouse(context, project, { readOnly: false }));
  try {
    const services = runServices(context, options, project, adapter, {
      selected: new Set(),
      terms: await readTerms(context, options),
    });
    const runs = join(project.project.targetDirectory, 'runs');
    const journal = await openJournal(runs, journalStart(context, project, [macro.uniqueId]));
    try {
      const record = project.manifest.macros.get(macro.uniqueId);
      const holder = macroHolder(project, packageName, macro);
      const result = await runMacro(services, holder, { macro, args: options.macroArgs ?? {}, record });
      const { status, message } = result;
      journal.record({ item: macro.uniqueId, state: 'done', status, message, time: context.world.now() });
      return result;
    } finally {
      await journal.close(context.world.now());
    }
  } finally {
    await adapter.close();
  }
}
