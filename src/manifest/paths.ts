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
