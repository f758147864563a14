import { existsSync, readFileSync } from 'node:fs';
import { join, posix, relative, resolve } from 'node:path';
import { writeWhole } from '../artifacts/write-whole.ts';
import { DiagnosticError, Diagnostics } from '../core/diagnostic.ts';
import { isSystemError, unlessRefused } from '../core/system-error.ts';
import { version } from '../core/version.ts';
import { ciFile, ciPaths } from '../export/ci/ci-file.ts';
import { type CiPlan, type CiServer, type CiSystem, ciSystems } from '../export/ci/plan.ts';
import { readDependencies } from '../project/dependencies.ts';
import type { ListedProject } from '../project/load-project.ts';
import { type ProfileOutput, profileOutputs } from '../project/profile-outputs.ts';
import { repositoryOf } from '../project/repository.ts';
import { cannotWrite } from './errors.ts';
import { ciFileExists, ciProfileOutside, ciSystemUnknown, ciTargetMissing } from './export-errors.ts';
import { type Invocation, type InvocationContext, invoke, type Surroundings } from './invocation.ts';
import { listedProject } from './list-project.ts';
import type { ProjectOptions } from './options.ts';
import { treatmentOf } from './warning-treatment.ts';

export interface ExportCiOptions extends ProjectOptions {
  /** `github`, `gitlab` or `jenkins`. */
  readonly system?: string;
  /** Relative to the working directory; else where the system looks for it. */
  readonly output?: string;
  /** Overwrite a file that is there. */
  readonly force?: boolean;
}

export interface ExportCiOutcome {
  readonly success: boolean;
  /** Cancelled before all was done. */
  readonly interrupted: boolean;
  /** Absolute; empty where nothing was written. */
  readonly path: string;
}

/** Writes a CI file that builds what a change changes. `target` names the output that changes are built with. */
export function exportCi(options: ExportCiOptions, surroundings: Surroundings): Invocation<ExportCiOutcome> {
  return invoke('export ci', surroundings, treatmentOf(options), { path: '' }, async (context) => {
    const system = ciSystems.find((known) => known === options.system);
    if (system === undefined) throw new DiagnosticError(ciSystemUnknown(options.system ?? null));
    const project = listedProject(context, options);
    context.reportAll(project.warnings);
    const { directory } = project.root;
    const repository = repositoryOf(directory, context.world.env);
    const path =
      options.output === undefined
        ? join(repository, ciPaths[system])
        : resolve(context.world.workingDirectory, options.output);
    if (existsSync(path) && options.force !== true) throw new DiagnosticError(ciFileExists(path));
    const plan = planOf(context, options, project, repository);
    writeText(path, ciFile(system, plan));
    context.emit({ name: 'message', level: 'info', text: nextSteps(system, path, plan) });
    return { success: true, interrupted: false, path };
  });
}

function writeText(path: string, text: string): void {
  try {
    writeWhole(path, (write) => write(text));
  } catch (caught) {
    if (!(caught instanceof DiagnosticError) || !isSystemError(caught.cause)) throw caught;
    throw new DiagnosticError(cannotWrite(path, caught.cause.message), { cause: caught.cause });
  }
}

function planOf(
  context: InvocationContext,
  options: ExportCiOptions,
  project: ListedProject,
  repository: string,
): CiPlan {
  const { directory, settings } = project.root;
  const { file: packages } = readDependencies(directory, new Diagnostics());
  const npmFolder = [directory, repository].find(dependsOnUs);
  const chosen = chooseTargets(context, options, project, repository);
  return {
    folder: slashed(relative(repository, directory)),
    branch: defaultBranch(repository),
    version: npmFolder === undefined ? version : null,
    npmFolder: slashed(relative(repository, npmFolder ?? repository)),
    packagesFolder: packages === null ? null : slashed(settings.packagesInstallPath),
    targetFolder: slashed(relative(directory, project.targetDirectory)),
    ...chosen,
  };
}

type Chosen = Pick<CiPlan, 'production' | 'pullRequest' | 'variables' | 'databaseFile' | 'server'>;

/**
 * Which outputs of the profile jobs use. Production is the one of that name, else the profile's own choice. A change is
 * built with the one that was named, else with `ci` or `pr`; else with production's, where its database is the job's own.
 */
function chooseTargets(
  context: InvocationContext,
  options: ExportCiOptions,
  project: ListedProject,
  repository: string,
): Chosen {
  const { world } = context;
  if (project.embeddedProfile) {
    const databaseFile = fileOf(context, project, project.root.directory);
    return { production: null, pullRequest: null, variables: [], databaseFile, server: null };
  }
  const outputs = profileOutputs(project.profilesDirectory, project.profileName);
  const named = (...names: string[]) => names.find((name) => outputs.some((output) => output.name === name));
  if (relative(repository, project.profilesDirectory).startsWith('..')) {
    context.report(ciProfileOutside(project.profilesDirectory));
  }
  const { target: given, ...others } = options;
  const own = given === undefined ? project : listedProject(context, others);
  const production = named('prod', 'production') ?? own.targetName;
  const built = listedProject(context, { ...options, target: production });
  const databaseFile = fileOf(context, built, world.workingDirectory);
  const server = serverOf(context, built);
  const isOwn = databaseFile !== null || server !== null;
  const pullRequest = given ?? (isOwn ? production : named('ci', 'pr'));
  if (pullRequest === undefined) throw new DiagnosticError(ciTargetMissing(project.profileName, production));
  const variables = outputs.filter(({ name }) => name === production || name === pullRequest);
  return { production, pullRequest, variables: variablesOf(variables), databaseFile, server };
}

const variablesOf = (outputs: readonly ProfileOutput[]): readonly string[] => [
  ...new Set(outputs.flatMap(({ variables }) => variables)),
];

/** The database's file, from the folder that jobs run in; null for what lies elsewhere. */
function fileOf(context: InvocationContext, { credentials }: ListedProject, from: string): string | null {
  const { fileField } = context.adapters.get(credentials.type)!.facts;
  const path = fileField === undefined ? null : credentials.fields[fileField];
  if (typeof path !== 'string' || resolve(path) !== path) return null;
  const shown = slashed(relative(from, path));
  return shown.startsWith('../') ? null : shown;
}

function serverOf(context: InvocationContext, { credentials }: ListedProject): CiServer | null {
  const { container } = context.adapters.get(credentials.type)!.facts;
  if (container === undefined) return null;
  const field = (name: string): string => String(credentials.fields[name] ?? '');
  if (!isThisMachine(field(container.hostField))) return null;
  const own = Object.entries(container.fields).map(([name, from]) => [name, field(from)]);
  const port = Number(credentials.fields[container.portField] ?? container.port);
  return { container, port, environment: { ...container.settings, ...Object.fromEntries(own) } };
}

const isThisMachine = (host: string): boolean =>
  ['localhost', '127.0.0.1', '::1'].includes(host) || host.startsWith('/');

/** Whether `package.json` of a folder names us. */
function dependsOnUs(folder: string): boolean {
  const text = unlessRefused(() => readFileSync(join(folder, 'package.json'), 'utf8'));
  return text !== null && /"sluice"\s*:/.test(text) && existsSync(join(folder, 'package-lock.json'));
}

/** The branch that a clone of the repository begins with. */
function defaultBranch(repository: string): string {
  const head = unlessRefused(() => readFileSync(join(repository, '.git/refs/remotes/origin/HEAD'), 'utf8'));
  return /^ref: refs\/remotes\/origin\/(\S+)/.exec(head ?? '')?.[1] ?? 'main';
}

const slashed = (path: string): string => posix.normalize(path.replaceAll('\\', '/')).replace(/^\.$/, '');

function nextSteps(system: CiSystem, path: string, plan: CiPlan): string {
  const kept = {
    github: 'secrets of the repository',
    gitlab: 'CI/CD variables of the project',
    jenkins: 'credentials of kind "secret text"',
  }[system];
  const secrets = plan.variables.length === 0 ? '' : ` Set ${plan.variables.join(', ')} as ${kept}.`;
  const ignore = 'Keep reports/, state/ and production/ of the project in .gitignore.';
  return `Wrote ${path}.${secrets} ${ignore}`;
}
