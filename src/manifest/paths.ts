import { relative } from 'node:path';
import type { Project, ProjectPackage } from '../project/project.ts';

/** The path of what is written in the project file itself, as dbt has it. */
export const operationsPath = './dbt_project.yml';

/** The part of a path behind the folder it was searched under: `models/staging/a.sql` gives `staging/a.sql`. */
export function withinFolder(path: string, folder: string): string {
  const prefix = folder === '' || folder === '.' ? '' : `${folder.replace(/\/+$/, '')}/`;
  return prefix !== '' && path.startsWith(prefix) ? path.slice(prefix.length) : path;
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** As Python's splitext: the last dot that is not at the beginning of the name. */
export function withoutExtension(path: string): string {
  const dot = path.lastIndexOf('.');
  return dot > path.lastIndexOf('/') + 1 ? path.slice(0, dot) : path;
}

/** The package and the folders of a path: an fqn without its last part. */
export function fqnPrefix(packageName: string, path: string): string[] {
  return [packageName, ...path.split('/').slice(0, -1)];
}

/** `folder/name.sql` beside `path`. */
export function siblingSql(path: string, name: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? `${name}.sql` : `${path.slice(0, slash)}/${name}.sql`;
}

/** The path that errors show of the file that a node is written in. */
export function shownPathOf(
  { project, packages }: { readonly project: Project; readonly packages: readonly ProjectPackage[] },
  node: { readonly package_name: string; readonly original_file_path: string },
): string {
  const { package_name: name, original_file_path: path } = node;
  if (name === project.root.name) return path;
  const pack = packages.find((one) => one.name === name);
  return pack === undefined ? path : shownPath({ project }, pack, path);
}

/** A file's path as errors show it: from the root project's folder, or absolute outside of it. */
export function shownPath(
  { project }: { readonly project: Pick<Project, 'root'> },
  pack: Pick<ProjectPackage, 'directory'>,
  path: string,
): string {
  const root = project.root.directory;
  if (pack.directory === root) return path;
  const way = relative(root, pack.directory);
  return `${way.startsWith('..') ? pack.directory : way.replaceAll('\\', '/')}/${path}`;
}
