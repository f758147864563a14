import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { type Diagnostic, DiagnosticError } from '../core/diagnostic.ts';
import { insideOf, realPath } from '../core/inside-of.ts';
import type { Span } from '../core/span.ts';
import { unlessRefused } from '../core/system-error.ts';
import { variableOf } from '../core/world.ts';
import { configPlace } from '../manifest/config-place.ts';
import { sourcePlace } from '../manifest/definition-place.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { GraphNode, OperationNode, SourceNode } from '../manifest/node.ts';
import type { ListedProject } from '../project/load-project.ts';
import { profileNames } from '../project/profile-outputs.ts';
import { repositoryOf } from '../project/repository.ts';
import { yamlSpan } from '../project/yaml/locate.ts';
import type { InvocationContext } from './invocation.ts';
import type { ProjectOptions } from './options.ts';
import {
  restrictedChoice,
  restrictedExternal,
  restrictedHook,
  restrictedMaterialization,
  restrictedPath,
  restrictedProfile,
  restrictedSource,
} from './restricted-errors.ts';

/** Where a project is read from, written to and connected with. Throws what leads out of it. */
export function checkRestrictedProject(
  context: InvocationContext,
  options: ProjectOptions,
  project: ListedProject,
): void {
  const { root, packages, targetDirectory } = project;
  const inside = insideOf(root.directory);
  const { settings, settingsFile } = root;
  const place = (key: string): Span | null =>
    settingsFile === null ? null : yamlSpan('dbt_project.yml', settingsFile.text, [key], 'key');
  const folders: readonly (readonly [string, readonly string[]])[] = [
    ['model-paths', settings.modelPaths],
    ['seed-paths', settings.seedPaths],
    ['snapshot-paths', settings.snapshotPaths],
    ['analysis-paths', settings.analysisPaths],
    ['test-paths', settings.testPaths],
    ['macro-paths', settings.macroPaths],
    ['docs-paths', settings.docsPaths],
    ['function-paths', settings.functionPaths],
    ['asset-paths', settings.assetPaths],
    ['packages-install-path', [settings.packagesInstallPath]],
  ];
  const wrong = folders.flatMap(([key, paths]) =>
    paths
      .filter((path) => !inside(resolve(root.directory, path)))
      .map((path) => restrictedPath(key, path, place(key))),
  );
  // A folder that the caller names is the caller's.
  if (options.targetPath === undefined && !inside(targetDirectory))
    wrong.push(restrictedPath('the target folder', realPath(targetDirectory)));
  for (const link of linksIn(targetDirectory)) {
    if (!inside(link))
      wrong.push(restrictedPath(`the link ${relative(root.directory, link)}`, realPath(link)));
  }
  for (const { name, directory } of packages) {
    if (!inside(directory)) wrong.push(restrictedPath(`the package '${name}'`, realPath(directory)));
  }
  wrong.push(...profileProblems(context, options, project, inside));
  if (wrong.length > 0) throw new DiagnosticError(wrong);
}

/** Where packages are installed. Throws what leads out of the project. */
export function checkRestrictedFolder(directory: string, installDirectory: string): void {
  if (insideOf(directory)(installDirectory)) return;
  throw new DiagnosticError(restrictedPath('packages-install-path', realPath(installDirectory)));
}

/**
 * A profile of the repository may name a database file in the project and nothing more: what it connects with, and which
 * files and extensions it opens, would be the word of whom nobody trusts. One of any other folder is the caller's, and it is
 * the caller who chooses among several.
 */
function profileProblems(
  context: InvocationContext,
  options: ProjectOptions,
  { root, profilesDirectory, credentials, embeddedProfile }: ListedProject,
  inside: (path: string) => boolean,
): readonly Diagnostic[] {
  // The folder of a CI job may hold a checkout that is trusted beside the one that is not.
  const repository = repositoryOf(root.directory, new Map());
  if (!embeddedProfile && !insideOf(repository)(profilesDirectory)) {
    const isNamed = options.profile !== undefined || variableOf(context.world.env, 'PROFILE') !== undefined;
    const names = isNamed ? [] : profileNames(profilesDirectory);
    return names.length > 1 ? [restrictedChoice(profilesDirectory, names)] : [];
  }
  const { fileField } = context.adapters.get(credentials.type)!.facts;
  if (fileField === undefined) return [restrictedProfile(profilesDirectory)];
  const plain = new Set([fileField, 'database', 'schema', 'external_root']);
  const more = Object.entries(credentials.fields).some(
    ([name, value]) => !plain.has(name) && !isEmpty(value),
  );
  const path = String(credentials.fields[fileField]);
  const isFile = resolve(path) === path;
  if (more || (!isFile && path !== ':memory:')) return [restrictedProfile(profilesDirectory)];
  return isFile && !inside(path) ? [restrictedPath('the database file', realPath(path))] : [];
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}

type Root = Pick<ListedProject['root'], 'name' | 'directory'>;

/** Sources that are no tables. Throws all of them. */
export function checkRestrictedManifest({ name, directory }: Root, manifest: Manifest): void {
  const placeOf = (source: SourceNode): Span | null => {
    const path = join(directory, source.original_file_path);
    const text = source.package_name === name ? unlessRefused(() => readFileSync(path, 'utf8')) : null;
    return text === null ? null : sourcePlace(source, text);
  };
  const wrong = [...manifest.sources.values()].flatMap((source) => {
    const location = source.meta['external_location'] ?? source.config['external_location'];
    if (location === undefined || location === null) return [];
    return [restrictedSource(`${source.source_name}.${source.name}`, String(location), placeOf(source))];
  });
  if (wrong.length > 0) throw new DiagnosticError(wrong);
}

/** What would run beside the nodes' own statements, and files that they write; `programs` are materializations that are not ours. Throws all of it. */
export function checkRestrictedWork(
  directory: string,
  nodes: readonly GraphNode[],
  hooks: readonly OperationNode[],
  programs: ReadonlySet<string>,
): void {
  const wrong = [
    ...hooks.map((hook) => restrictedHook(`the hook ${hook.name}`, placeOfHook(directory, hook))),
    ...nodes.flatMap((node) =>
      hookKeys.flatMap(([key, argument]) =>
        isEmpty(node.config[key])
          ? []
          : [restrictedHook(`the ${key} of ${node.unique_id}`, configPlace(node, argument))],
      ),
    ),
    ...nodes.flatMap((node) =>
      node.config.materialized === 'external' && !programs.has('external')
        ? [restrictedExternal(node.unique_id, configPlace(node, 'materialized'))]
        : [],
    ),
    ...nodes.flatMap((node) => {
      const materialized = (node.resource_type as string) === 'unit_test' ? 'unit' : node.config.materialized;
      return typeof materialized === 'string' && programs.has(materialized)
        ? [restrictedMaterialization(materialized, configPlace(node, 'materialized'))]
        : [];
    }),
  ];
  if (wrong.length > 0) throw new DiagnosticError(wrong);
}

const hookKeys = [
  ['pre-hook', 'pre_hook'],
  ['post-hook', 'post_hook'],
] as const;

/** The key of the project file that has it; null for hooks of packages. */
function placeOfHook(directory: string, hook: OperationNode): Span | null {
  const key = hook.tags.find((tag) => tag.startsWith('on-run-'));
  const text = unlessRefused(() => readFileSync(join(directory, 'dbt_project.yml'), 'utf8'));
  if (key === undefined || text === null || !text.includes(key)) return null;
  return yamlSpan('dbt_project.yml', text, [key], 'key');
}

/** What would be written through. */
function linksIn(folder: string): readonly string[] {
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isSymbolicLink()).map((entry) => join(entry.parentPath, entry.name));
}
