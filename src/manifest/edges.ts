import { allNodes, type Manifest, parentsOf } from './manifest.ts';
import type { UniqueId } from './node.ts';
import { byCodePoint } from './test-names.ts';

export type EdgeMap = ReadonlyMap<UniqueId, readonly UniqueId[]>;

/**
 * `parent_map` and `child_map` as the manifest artifact has them: every node is a key, in the order nodes, sources,
 * exposures, functions, metrics, semantic models, saved queries, unit tests; ids within a value are sorted by code
 * point. A parent that is not in the manifest stands in `parent_map` only.
 */
export function edgeMaps(manifest: Manifest): { readonly parents: EdgeMap; readonly children: EdgeMap } {
  const members = [...allNodes(manifest)];
  const children = new Map<UniqueId, UniqueId[]>(members.map((node) => [node.unique_id, []]));
  const parents = new Map<UniqueId, UniqueId[]>();
  for (const node of members) {
    const ids = [...parentsOf(node)];
    for (const id of ids) children.get(id)?.push(node.unique_id);
    parents.set(node.unique_id, ids.sort(byCodePoint));
  }
  for (const ids of children.values()) ids.sort(byCodePoint);
  return { parents, children };
}

/** `group_map`: every group's members: nodes, saved queries, semantic models, metrics. */
export function groupMap({ groups, nodes, savedQueries, semanticModels, metrics }: Manifest): EdgeMap {
  const out = new Map<string, UniqueId[]>([...groups.values()].map((group) => [group.name, []]));
  for (const members of [nodes, savedQueries, semanticModels, metrics]) {
    for (const { group, unique_id: id } of members.values()) if (group !== null) out.get(group)?.push(id);
  }
  return out;
}
