import type { Diagnostic } from '../core/diagnostic.ts';
import { Secret } from '../core/secret.ts';
import {
  type ListedProject,
  type LoadProjectOptions,
  listProject,
  loadSettings,
} from '../project/load-project.ts';
import type { ProjectSettings } from '../project/project.ts';
import { yamlRenderer } from './context-services.ts';
import { projectDirectory } from './gate-request.ts';
import type { InvocationContext } from './invocation.ts';
import type { ProjectOptions } from './options.ts';
import { checkRestrictedProject } from './restricted.ts';

/** Settings, profile and packages of the project, and which files it has; none of them is read. Throws DiagnosticError. */
export function listedProject(
  context: InvocationContext,
  options: ProjectOptions,
  knownListing?: LoadProjectOptions['knownListing'],
): ListedProject {
  const listed = listProject({
    ...projectPlace(context, options),
    ...(knownListing === undefined ? {} : { knownListing }),
    profilesDirectory: options.profilesDir ?? null,
    profile: options.profile ?? null,
    target: options.target ?? null,
    threads: options.threads ?? null,
    adapters: context.adapters,
    makeRenderer: (scope) => yamlRenderer(context, scope),
  });
  if (context.restriction !== null) checkRestrictedProject(context, options, listed);
  return listed;
}

/** The project's settings and its profile: enough to reach the warehouse. Nothing is parsed. */
export function openProfile(context: InvocationContext, options: ProjectOptions): ListedProject {
  const project = listedProject(context, options);
  maskCredentials(context, project);
  context.reportAll(project.warnings);
  return project;
}

/** From here on they are shown nowhere. */
export function maskCredentials(context: InvocationContext, project: ListedProject): void {
  for (const secret of secretsOf(project)) context.secrets.add(secret);
}

/** The project's settings alone: no profile is needed for them. */
export function openSettings(context: InvocationContext, options: ProjectOptions): ReadSettings {
  const read = readSettings(context, options);
  context.reportAll(read.warnings);
  return read;
}

export interface ReadSettings {
  readonly directory: string;
  readonly settings: ProjectSettings;
  readonly warnings: readonly Diagnostic[];
}

/** The same, its warnings untold. */
export function readSettings(context: InvocationContext, options: ProjectOptions): ReadSettings {
  return loadSettings({
    ...projectPlace(context, options),
    makeRenderer: (scope) => yamlRenderer(context, scope),
  });
}

function projectPlace({ world }: InvocationContext, options: ProjectOptions) {
  return {
    projectDirectory: projectDirectory(world, options),
    targetPath: options.targetPath ?? null,
    vars: options.vars ?? null,
    versionCheck: options.versionCheck ?? true,
    world,
  };
}

/**
 * What must not be shown of the credentials. A password that is also the name of user, database or adapter, as test
 * servers have it, is left: it would blank out half of every log, and so tell what it is.
 */
function secretsOf({ credentials }: ListedProject): string[] {
  const values = Object.values(credentials.fields);
  const open = new Set<unknown>([credentials.type, credentials.database, credentials.schema, ...values]);
  return secretTexts(values).filter((secret) => !open.has(secret));
}

function secretTexts(value: unknown): string[] {
  if (value instanceof Secret) return [value.reveal()];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(secretTexts) : [];
}
