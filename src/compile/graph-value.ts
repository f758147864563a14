import { fromPlain } from '../context/plain.ts';
import { PyDict, type Value } from '../jinja/values.ts';
import type { Manifest } from '../manifest/manifest.ts';

/** `graph` of templates: every node by its id, in dbt's sections; made once per invocation, when it is first read. */
export function graphValue(manifest: Manifest): () => Value {
  let value: Value | null = null;
  return () => {
    value ??= PyDict.fromRecord({
      exposures: section(manifest.exposures),
      groups: section(manifest.groups),
      metrics: section(manifest.metrics),
      nodes: section(manifest.nodes),
      sources: section(manifest.sources),
      semantic_models: section(manifest.semanticModels),
      saved_queries: section(manifest.savedQueries),
      functions: section(manifest.functions),
    });
    return value;
  };
}

function section(nodes: ReadonlyMap<string, unknown>): Value {
  return PyDict.fromEntries([...nodes].map(([id, node]) => [id, fromPlain(node)] as const));
}
