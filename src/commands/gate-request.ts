import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type GateRequest, shortDigest } from '../manifest/cache/gate.ts';
import type { InvocationContext } from './invocation.ts';
import type { ProjectOptions } from './options.ts';

/** The parse cache's folder within that of the artifacts. */
export const cacheFolder = 'sluice-cache';

/** What an invocation asks for, as far as it decides what a project means. */
export function requestDigest({ world }: InvocationContext, options: ProjectOptions): string {
  const { profilesDir, profile, target, targetPath, vars, threads, versionCheck, limits } = options;
  return shortDigest([
    projectDirectory(world, options),
    [world.workingDirectory, world.home],
    [profilesDir, profile, target, targetPath, threads, versionCheck].map((value) => value ?? null),
    [vars ?? null, limits ?? null],
  ]);
}

/** The question whether a project is as it was, where its artifacts lie in the usual folder. */
export function gateRequest(context: InvocationContext, options: ProjectOptions): GateRequest {
  const { world, build, args } = context;
  const directory = projectDirectory(world, options);
  return {
    directory: join(resolve(directory, options.targetPath ?? 'target'), cacheFolder),
    build,
    request: requestDigest(context, options),
    environment: world.env,
    settings: args,
    startedAt: world.startedAt,
    now: world.now(),
    look: { record: null, now: null, folders: null },
  };
}

/** Whether what was remembered is read. A project that is not trusted may have brought it along. */
export const remembers = ({ restriction }: InvocationContext, { partialParse }: ProjectOptions): boolean =>
  partialParse !== false && restriction === null;

/** The folder named, else the working directory or the nearest folder above it that holds a project file. */
export function projectDirectory(
  { workingDirectory }: InvocationContext['world'],
  { projectDir }: Pick<ProjectOptions, 'projectDir'>,
): string {
  if (projectDir !== undefined) return resolve(workingDirectory, projectDir);
  for (let folder = workingDirectory; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'dbt_project.yml'))) return folder;
    if (folder === dirname(folder)) return workingDirectory;
  }
}
