import { readFileSync } from 'node:fs';
import type { ProjectPackage, SeedFile } from '../project/project.ts';
import type { Checksum } from './node.ts';
import type { ParseState } from './parse-state.ts';
import { baseName, fqnPrefix, withinFolder, withoutExtension } from './paths.ts';
import { addNode } from './sql-nodes.ts';
import { sha256, stripped } from './text.ts';

/** dbt's limit in bytes, from which on a seed is known by its path alone. */
const largestHashedSeed = 1024 * 1024;

export function parseSeed(state: ParseState, pack: ProjectPackage, file: SeedFile): void {
  const path = withinFolder(file.path, file.folder);
  const name = withoutExtension(baseName(path));
  addNode(state, {
    type: 'seed',
    packageName: pack.name,
    name,
    uniqueId: `seed.${pack.name}.${name}`,
    path,
    originalFilePath: file.path,
    fqn: [...fqnPrefix(pack.name, path), name],
    checksum: seedChecksum(file),
    rawCode: '',
    rootPath: pack.directory,
    place: { file: file.path, text: '', start: 0, end: 0 },
  });
}

function seedChecksum(file: SeedFile): Checksum {
  if (file.sizeBytes > largestHashedSeed) return { name: 'path', checksum: file.path };
  return { name: 'sha256', checksum: sha256(stripped(readFileSync(file.absolutePath, 'utf8'))) };
}
