import { allNodes, type Manifest } from '../manifest/manifest.ts';
import type { AnyNode } from '../manifest/node.ts';
import { compileGlob, compilePathGlob } from './glob.ts';
import type { MethodContext } from './select-methods.ts';
import type { Criterion } from './selector.ts';

/**
 * Matches the file that defines a node, the YAML file that describes it, or a folder above the former. dbt looks
 * the pattern up on disk from the root project's folder on; here the paths that the root project's resources stand
 * at take the disk's place, so a package's node is found where the root project has the same folder or file.
 */
export function pathMatcher({ value }: Criterion, { manifest }: MethodContext): (node: AnyNode) => boolean {
  const pattern = compilePathGlob(String(value));
  const known = rootPaths(manifest);
  const files = new Set([...known.files].filter((path) => pattern.matchesFile(path)));
  const folders = new Set([...known.folders].filter((path) => pattern.matchesFolder(path)));
  return (node) => {
    if (files.has(node.original_file_path)) return true;
    const described = patchPath(node);
    if (described !== null && files.has(described)) return true;
    return folders.size > 0 && foldersOf(node.original_file_path).some((folder) => folders.has(folder));
  };
}

/** Matches the name of the file that defines a node, with or without its last extension. */
export function fileMatcher({ value }: Criterion): (node: AnyNode) => boolean {
  const pattern = compileGlob(String(value));
  return (node) => {
    const name = node.original_file_path.slice(node.original_file_path.lastIndexOf('/') + 1);
    const dot = name.lastIndexOf('.');
    return pattern.matches(name) || (dot > 0 && pattern.matches(name.slice(0, dot)));
  };
}

function rootPaths(manifest: Manifest): { readonly files: Set<string>; readonly folders: Set<string> } {
  const files = new Set<string>();
  const addNode = (node: AnyNode): void => {
    if (node.package_name !== manifest.projectName) return;
    files.add(node.original_file_path);
    const described = patchPath(node);
    if (described !== null) files.add(described);
  };
  for (const node of allNodes(manifest)) addNode(node);
  for (const nodes of manifest.disabled.values()) nodes.forEach(addNode);
  for (const table of [manifest.macros, manifest.docs, manifest.groups]) {
    for (const each of table.values()) {
      if (each.package_name === manifest.projectName) files.add(each.original_file_path);
    }
  }
  return { files, folders: new Set([...files].flatMap(foldersOf)) };
}

/** `models/a/b.sql` -> `models/a`, `models` and the root, which is empty. */
function foldersOf(path: string): string[] {
  const folders: string[] = [];
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
    folders.push(path.slice(0, end));
  folders.push('');
  return folders;
}

/** The path within the package: `shop://models/schema.yml` -> `models/schema.yml`. */
function patchPath(node: AnyNode): string | null {
  const path = 'patch_path' in node ? node.patch_path : null;
  return typeof path === 'string' ? (path.split('://')[1] ?? null) : null;
}
