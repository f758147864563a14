import type { Diagnostic } from '../core/diagnostic.ts';
import { Diagnostics } from '../core/diagnostic.ts';
import { readDependencies } from '../project/dependencies.ts';
import type { PackageSource } from '../project/packages/add-package.ts';
import { installDirectoryOf } from '../project/packages/install-folder.ts';
import { shortSecret } from '../project/packages/lock-errors.ts';
import type { PackageContext } from '../project/packages/package-context.ts';
import { sealedEnvironment, sealedTexts } from '../project/packages/sealed-text.ts';
import { yamlRenderer } from './context-services.ts';
import { type Invocation, type InvocationContext, invoke, type Surroundings } from './invocation.ts';
import { openSettings } from './list-project.ts';
import type { ProjectOptions } from './options.ts';
import { checkRestrictedFolder } from './restricted.ts';
import { treatmentOf } from './warning-treatment.ts';

export interface DepsOptions extends ProjectOptions {
  /** Write package-lock.yml, and install nothing. */
  readonly lock?: boolean;
  /** Make the lock anew: the newest versions that packages.yml allows. */
  readonly upgrade?: boolean;
  /** `name@version`, written into packages.yml first; `source` says what kind of name it is. */
  readonly addPackage?: string;
  readonly source?: PackageSource;
  /** Install what is locked from what was installed before, and open no connection. */
  readonly offline?: boolean;
}

/** A package as it is installed. */
export interface InstalledPackage {
  /** Of its project and its folder. */
  readonly name: string;
  readonly kind: 'hub' | 'git' | 'local' | 'tarball';
  /** The hub's version or the commit; null where there is none. */
  readonly version: string | null;
}

export interface DepsOutcome {
  readonly success: boolean;
  readonly interrupted: boolean;
  /** In the order of the lock; empty under `lock`. */
  readonly packages: readonly InstalledPackage[];
  readonly lockWritten: boolean;
}

const nothingInstalled = { packages: [], lockWritten: false } as const;

/** Installs the packages that the project names, each whole or not at all. Needs no profile. */
export function deps(options: DepsOptions, surroundings: Surroundings): Invocation<DepsOutcome> {
  return invoke('deps', surroundings, treatmentOf(options), nothingInstalled, async (context) => {
    const { directory, settings } = openSettings(context, options);
    // Archives and the network are needed by this command only.
    const { addPackage, parseAddedPackage } = await import('../project/packages/add-package.ts');
    const { installPackages } = await import('../project/packages/install-packages.ts');
    const packages = packageContext(context, options, directory);
    tellProjects(context, directory);
    const added =
      options.addPackage === undefined
        ? null
        : parseAddedPackage(options.addPackage, options.source ?? 'hub');
    const installDirectory = installDirectoryOf(directory, settings);
    if (context.restriction !== null) checkRestrictedFolder(directory, installDirectory);
    try {
      if (added !== null) await addPackage(packages, added);
      const installed = await installPackages(packages, {
        rootName: settings.name,
        installDirectory,
        lockOnly: options.lock === true,
        upgrade: options.upgrade === true,
      });
      return {
        success: true,
        interrupted: false,
        packages: installed.packages.map((pin) => ({
          name: pin.name,
          kind: pin.kind,
          version: pin.kind === 'hub' ? pin.version : pin.kind === 'git' ? pin.commit : null,
        })),
        lockWritten: installed.lockWritten,
      };
    } catch (caught) {
      if (!context.signal.aborted) throw caught;
      return { success: false, interrupted: true, ...nothingInstalled };
    }
  });
}

function packageContext(context: InvocationContext, options: DepsOptions, directory: string): PackageContext {
  const { world, emit, secrets, signal } = context;
  const sealed = { ...context, world: { ...world, env: sealedEnvironment(world.env) } };
  return {
    directory,
    world,
    signal,
    emit,
    secrets,
    report: (diagnostic: Diagnostic) => context.report(diagnostic),
    texts: sealedTexts(world.env, secrets, (name) => context.report(shortSecret(name))),
    render: yamlRenderer(sealed, { kind: 'profile', cliVars: options.vars ?? {} }),
    versionCheck: options.versionCheck ?? true,
    offline: options.offline === true,
    hubOnly: context.restriction !== null,
  };
}

function tellProjects({ emit }: InvocationContext, directory: string): void {
  const { projects } = readDependencies(directory, new Diagnostics());
  if (projects.length === 0) return;
  const text = `dependencies.yml names projects (${projects.join(', ')}): only dbt's platform knows them, and they are passed over`;
  emit({ name: 'message', level: 'info', text });
}
