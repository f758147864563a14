import { fileChecksum } from '../../project/checksum.ts';
import type { ParseState } from '../parse-state.ts';
import { fqnPrefix, withinFolder } from '../paths.ts';
import { addNode } from '../sql-nodes.ts';
import { entryLabel, type PropertiesEntry, placeIn } from './entry.ts';
import { propertyInvalid } from './errors.ts';
import { readReference } from './model-extras.ts';

/** A snapshot that is defined by its properties alone: `relation` says what it copies. */
export function addYamlSnapshot(state: ParseState, entry: PropertiesEntry): void {
  const { name, pack, file, data } = entry;
  const relation = String(data['relation']);
  const reference = readReference(relation);
  if (reference === null) {
    const problem = `'relation' must be a ref or source, such as ref('orders'), not ${relation}`;
    state.found.add(propertyInvalid(entryLabel(entry), problem, placeIn(entry, ['relation'], 'value')));
    return;
  }
  const inFolder = withinFolder(file.path, file.folder);
  const parsed = addNode(state, {
    type: 'snapshot',
    packageName: pack.name,
    name,
    uniqueId: `snapshot.${pack.name}.${name}`,
    path: `${inFolder}/${name}.sql`,
    originalFilePath: file.path,
    fqn: [...fqnPrefix(pack.name, inFolder), name],
    checksum: fileChecksum(file),
    rawCode: `select * from {{ ${relation} }}`,
    place: () => placeIn(entry),
  });
  if ('ref' in reference) parsed.refs.push(reference.ref);
  else parsed.sources.push(reference.source);
}
