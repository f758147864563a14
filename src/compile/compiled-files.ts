import { writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileNotWritten } from '../artifacts/errors.ts';
import { DiagnosticError } from '../core/diagnostic.ts';
import { makeFolder } from '../core/make-folder.ts';
import { readBytes } from '../core/read-bytes.ts';
import { isSystemError, unlessRefused } from '../core/system-error.ts';
import type { WorkedNode } from '../manifest/node.ts';
import type { CompileServices } from './services.ts';

/**
 * Where a node's text goes below `compiled/` or `run/` of the target folder: its file's path, and for what is defined in
 * YAML its own path in a folder named after that file. A `part` of a node has its file in a folder of the node's name.
 */
export function outputPath(
  services: CompileServices,
  kind: 'compiled' | 'run',
  node: WorkedNode,
  part: string | null = null,
): string {
  const { original_file_path: source, path, package_name: packageName } = node;
  const inside = nameOf(source) === nameOf(path) ? source : `${source}/${path}`;
  const whole = join(services.targetDirectory, kind, packageName, inside);
  return part === null ? whole : join(whole.replace(/\.sql$/, ''), `${part}.sql`);
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** Writes the text (throws `file-not-written`) and gives the path relative to the project's root, with forward slashes. */
export function writeOutput(
  services: CompileServices,
  kind: 'compiled' | 'run',
  node: WorkedNode,
  text: string,
  part: string | null = null,
): string {
  const path = outputPath(services, kind, node, part);
  if (!services.dry) {
    try {
      writeText(path, text);
    } catch (caught) {
      if (!isSystemError(caught)) throw caught;
      throw new DiagnosticError(fileNotWritten(path, caught), { cause: caught });
    }
  }
  return relative(services.projectDirectory, path).replaceAll('\\', '/');
}

/**
 * What says the same already is left as it is: most files of a run that is not the first. At once: a few kilobytes go
 * to the system's memory sooner than to another thread.
 */
function writeText(path: string, text: string): void {
  const bytes = Buffer.from(text);
  if (unlessRefused(() => readBytes(path).equals(bytes)) === true) return;
  try {
    writeFileSync(path, bytes);
  } catch (caught) {
    if (!isSystemError(caught) || caught.code !== 'ENOENT') throw caught;
    makeFolder(dirname(path));
    writeFileSync(path, bytes);
  }
}
