import type { ContextServices } from '../context/services.ts';
import { behaviour } from './behaviour.ts';

/**
 * Where `ref`, `source` and `doc` look for a name without a package, in order: the root project, the package of the
 * node that asks, then anywhere (null). `require_ref_searches_node_package_before_root` turns the first two around.
 */
export function packagesToSearch(
  services: Pick<ContextServices, 'projectName' | 'flags'>,
  nodePackage: string,
  given: string | null = null,
): readonly [string | null, ...(string | null)[]] {
  if (given !== null) return [given];
  const root = services.projectName;
  if (nodePackage === root) return [root, null];
  const ownFirst = behaviour(services, 'require_ref_searches_node_package_before_root', false);
  return ownFirst ? [nodePackage, root, null] : [root, nodePackage, null];
}
