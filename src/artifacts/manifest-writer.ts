import { edgeMaps, groupMap } from '../manifest/edges.ts';
import { jsonText } from '../manifest/json-text.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { type ArtifactContext, type ArtifactMetadata, artifactMetadata, projectId } from './metadata.ts';
import { writeWhole } from './write-whole.ts';

export interface ManifestMetadata extends ArtifactMetadata {
  readonly project_name: string;
  readonly project_id: string;
  readonly user_id: null;
  readonly send_anonymous_usage_stats: false;
  readonly adapter_type: string;
  readonly quoting: {
    readonly database: boolean;
    readonly schema: boolean;
    readonly identifier: boolean;
    readonly column: boolean | null;
  };
  readonly run_started_at: string;
}

/** `quoting` is the project's, the adapter's defaults filled in. */
export function manifestMetadata(
  manifest: Manifest,
  context: ArtifactContext,
  quoting: { readonly database: boolean; readonly schema: boolean; readonly identifier: boolean },
): ManifestMetadata {
  return {
    ...artifactMetadata('manifest/v12', context),
    project_name: manifest.projectName,
    project_id: projectId(manifest.projectName),
    user_id: null,
    send_anonymous_usage_stats: false,
    adapter_type: manifest.adapterType,
    quoting: { ...quoting, column: null },
    run_started_at: artifactMetadata('manifest/v12', context).invocation_started_at.replace('Z', '+00:00'),
  };
}

/**
 * Writes `manifest.json` (v12), node by node: a large project's manifest is never held as one string. Throws
 * `file-not-written`.
 */
export function writeManifest(manifest: Manifest, metadata: ManifestMetadata, path: string): void {
  const { parents, children } = edgeMaps(manifest);
  const members: readonly (readonly [string, ReadonlyMap<string, unknown>])[] = [
    ['nodes', manifest.nodes],
    ['sources', manifest.sources],
    ['macros', manifest.macros],
    ['docs', manifest.docs],
    ['exposures', manifest.exposures],
    ['metrics', manifest.metrics],
    ['groups', manifest.groups],
    ['selectors', manifest.selectors],
    ['disabled', manifest.disabled],
    ['parent_map', parents],
    ['child_map', children],
    ['group_map', groupMap(manifest)],
    ['saved_queries', manifest.savedQueries],
    ['semantic_models', manifest.semanticModels],
    ['unit_tests', manifest.unitTests],
    ['functions', manifest.functions],
  ];
  writeWhole(path, (write) => {
    write(`{"metadata":${jsonText(metadata)}`);
    for (const [name, map] of members) {
      write(`,\n"${name}":`);
      writeMap(map, write);
    }
    write('}\n');
  });
}

/** One entry per line: a change of one node is a change of one line. */
export function writeMap(map: ReadonlyMap<string, unknown>, write: (text: string) => void): void {
  let separator = '{\n';
  for (const [key, value] of map) {
    write(`${separator}${JSON.stringify(key)}:${jsonText(value)}`);
    separator = ',\n';
  }
  write(map.size === 0 ? '{}' : '\n}');
}
