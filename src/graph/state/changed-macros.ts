import type { Manifest } from '../../manifest/manifest.ts';
import type { UniqueId } from '../../manifest/node.ts';
import { entryOf, type PlainRecord } from '../../manifest/record.ts';

/**
 * Macros that have changed or are new, and all that call them, through others too. Built-in macros are left aside: in
 * the former manifest they are another program's, or of another version, and what a project puts in the place of one
 * has an id of its own.
 */
export function changedMacros(
  { macros }: Pick<Manifest, 'macros'>,
  former: ReadonlyMap<UniqueId, PlainRecord>,
  builtIn: ReadonlySet<string>,
): ReadonlySet<UniqueId> {
  const callers = new Map<UniqueId, UniqueId[]>();
  const changed: UniqueId[] = [];
  for (const { unique_id: id, package_name: inPackage, macro_sql: text, depends_on: on } of macros.values()) {
    for (const called of on.macros) entryOf(callers, called, (): UniqueId[] => []).push(id);
    if (!builtIn.has(inPackage) && former.get(id)?.['macro_sql'] !== text) changed.push(id);
  }
  const found = new Set<UniqueId>(changed);
  for (const id of found) for (const caller of callers.get(id) ?? []) found.add(caller);
  return found;
}
