import type { Report } from './config/merge.ts';
import { hasOwner, ownerOf } from './exposures.ts';
import type { GroupNode } from './node.ts';
import type { ParseState } from './parse-state.ts';
import { fqnPrefix, withinFolder } from './paths.ts';
import { entryLabel, type PropertiesEntry, placeIn } from './properties/entry.ts';
import { propertyInvalid } from './properties/errors.ts';
import { checkShape, groupShape } from './properties/shape.ts';
import { isRecord } from './record.ts';

/** Null where the entry is wrong, which is told. */
export function parseGroup(state: ParseState, entry: PropertiesEntry): GroupNode | null {
  const { data, pack, file, name } = entry;
  const place = (key: string, what: 'key' | 'value') => placeIn(entry, [key], what);
  if (!checkShape(data, groupShape, { label: entryLabel(entry), found: state.found, place, closed: true }))
    return null;
  if (!hasOwner(data['owner'])) {
    state.found.add(
      propertyInvalid(entryLabel(entry), "its owner needs a 'name' or an 'email'", placeIn(entry)),
    );
    return null;
  }
  const path = withinFolder(file.path, file.folder);
  const fqn = [...fqnPrefix(pack.name, path), name];
  const patch = isRecord(data['config']) ? data['config'] : {};
  const report: Report = (diagnostic) => state.found.add({ ...diagnostic, span: placeIn(entry) });
  return {
    name,
    resource_type: 'group',
    package_name: pack.name,
    path,
    original_file_path: file.path,
    unique_id: `group.${pack.name}.${name}`,
    owner: ownerOf(data['owner']),
    description: (data['description'] as string | null | undefined) ?? null,
    config: state.configs.merged({ type: 'group', packageName: pack.name, fqn, patch, calls: {}, report }),
  };
}
