import { join, resolve } from 'node:path';
import { behaviourFlags } from '../manifest/behaviour.ts';
import { type GateRequest, shortDigest, watchedDigest } from '../manifest/cache/gate.ts';
import { namesRead, type ValuesRead } from '../manifest/cache/read-sets.ts';
import type { RecordDraft } from '../manifest/cache/snapshot.ts';
import { freshAfter, type Stamp, stampOf } from '../manifest/cache/stamps.ts';
import type { ListedProject } from '../project/load-project.ts';
import { requestDigest } from './gate-request.ts';
import type { InvocationContext } from './invocation.ts';
import type { ProjectOptions } from './options.ts';
import type { RecordedEnvironment } from './recorded-environment.ts';

/**
 * What the parse of a project stands on beside its files. Null where something of it changed while it was read, so
 * that nobody can tell which of both was read. `openedAt` is when reading began, in milliseconds since 1970.
 */
export function gateRecord(
  context: InvocationContext,
  options: ProjectOptions,
  project: ListedProject,
  environment: RecordedEnvironment,
  openedAt: number,
  values: ValuesRead,
): RecordDraft['gate'] {
  const watched = watchedFiles(context, project).map((path): readonly [string, Stamp, string] => [
    path,
    stampOf(path),
    watchedDigest(path),
  ]);
  const folders = seenFolders(project);
  const since = freshAfter(openedAt);
  const stamps = [...watched, ...folders].map(([, stamp]) => stamp);
  if (stamps.some(({ modified, changed }) => Math.max(modified, changed) > since)) return null;
  const names = new Set([...environment.names, ...namesRead(values, 'env')]);
  const flags = new Set([...behaviourFlags, ...namesRead(values, 'flag')]);
  const settings = [...flags].map((name) => name.toLowerCase());
  return {
    request: requestDigest(context, options),
    environment: digests(names, (name) => context.world.env.get(name)),
    settings: digests(settings, (name) => context.args[name]),
    watched,
    folders,
    directory: project.root.directory,
  };
}

function digests(
  names: Iterable<string>,
  value: (name: string) => unknown,
): GateRequest['settings'] & Record<string, string> {
  return Object.fromEntries([...names].sort().map((name) => [name, shortDigest(value(name))]));
}

/** Files of settings of a project and its packages, whether they are there or not. */
function watchedFiles({ world }: InvocationContext, { root, packages, profilesDirectory }: ListedProject) {
  const own = ['packages.yml', 'dependencies.yml', 'selectors.yml', 'sluice.yml', 'vars.yml', 'catalogs.yml'];
  const profiles = [profilesDirectory, world.workingDirectory, join(world.home, '.dbt'), root.directory];
  return [
    ...[root, ...packages].flatMap(({ directory }) => [
      join(directory, 'dbt_project.yml'),
      join(directory, '.dbtignore'),
    ]),
    ...own.map((name) => join(root.directory, name)),
    ...[...new Set(profiles)].map((folder) => join(folder, 'profiles.yml')),
  ];
}

function seenFolders({ root, packages }: ListedProject): readonly (readonly [string, Stamp])[] {
  const seen = new Map<string, Stamp>();
  for (const { listing } of [root, ...packages]) {
    for (const { path, modified, changed } of listing.folders) {
      seen.set(path, { size: modified < 0 ? -1 : 0, modified, changed });
    }
  }
  const installed = resolve(root.directory, root.settings.packagesInstallPath);
  seen.set(installed, stampOf(installed));
  return [...seen];
}
