import { seedChecksum } from '../project/checksum.ts';
import type { ProjectPackage, SeedFile } from '../project/project.ts';
import type { ParseState } from './parse-state.ts';
import { baseName, fqnPrefix, shownPath, withinFolder, withoutExtension } from './paths.ts';
import { addNode } from './sql-nodes.ts';

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
    place: () => ({ file: shownPath(state, pack, file.path), text: '', start: 0, end: 0 }),
  });
}
