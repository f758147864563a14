import { allNodes, type Manifest } from '../manifest.ts';
import type { AnyNode, MetricNode, ModelNode, SavedQueryNode, SemanticModelNode } from '../node.ts';

interface Written {
  readonly package_name: string;
  readonly original_file_path: string;
}

/** Called with two files, by package and path, that mean something only together. */
export type Link = (one: readonly [string, string], other: readonly [string, string]) => void;

/**
 * Tells which files belong together: a node and the file that describes it, a unit test and its model, everything of
 * the semantic layer and the models behind it, disabled nodes of one id.
 */
export function linkFiles(content: Omit<Manifest, 'selectors' | 'warnings'>, link: Link): void {
  const fileOf = (node: Written): readonly [string, string] => [node.package_name, node.original_file_path];
  const linkPatch = (node: Written & { readonly patch_path?: string | null }): void => {
    if (!node.patch_path) return;
    const at = node.patch_path.indexOf('://');
    link(fileOf(node), [node.patch_path.slice(0, at), node.patch_path.slice(at + 3)]);
  };
  for (const node of allNodes(content)) {
    if ('patch_path' in node) linkPatch(node);
    if (node.resource_type === 'unit_test') {
      for (const id of node.depends_on.nodes) linkTo(node, content.nodes.get(id));
    }
  }
  for (const macro of content.macros.values()) linkPatch(macro);
  for (const list of content.disabled.values()) {
    for (const node of list) {
      if ('patch_path' in node) linkPatch(node);
      linkTo(node, list[0]);
    }
  }
  const layer: (SemanticModelNode | MetricNode | SavedQueryNode | ModelNode)[] = [
    ...content.semanticModels.values(),
    ...content.metrics.values(),
    ...content.savedQueries.values(),
  ];
  if (layer.length > 0) layer.push(...timeSpines(content));
  for (const node of layer) {
    linkTo(node, layer[0]);
    for (const id of node.depends_on.nodes) linkTo(node, content.nodes.get(id));
  }

  function linkTo(node: Written, other: AnyNode | undefined): void {
    if (other !== undefined) link(fileOf(node), fileOf(other));
  }
}

/** Models that the semantic layer needs, whoever refers to them. */
function timeSpines({ nodes }: Pick<Manifest, 'nodes'>): readonly ModelNode[] {
  return [...nodes.values()].filter(
    (node): node is ModelNode =>
      node.resource_type === 'model' && (node.time_spine !== null || node.name === 'metricflow_time_spine'),
  );
}
