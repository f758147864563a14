import type { ParsedMetric } from '../metrics.ts';
import type { SemanticLayer } from '../resolve.ts';
import type { ParsedSavedQuery } from '../saved-queries.ts';
import type { ParsedSemanticModel } from '../semantic-models.ts';

/** Something about the semantic layer that its readers would stumble over. */
export interface Issue {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** What it is about; null for the layer as a whole. */
  readonly at: ParsedMetric | ParsedSavedQuery | ParsedSemanticModel | null;
}

/** What the rules look at: everything that is enabled. */
export interface CheckedLayer {
  readonly metrics: readonly ParsedMetric[];
  readonly semanticModels: readonly ParsedSemanticModel[];
  readonly savedQueries: readonly ParsedSavedQuery[];
  readonly timeSpines: readonly TimeSpineFacts[];
}

export interface TimeSpineFacts {
  readonly model: string;
  /** Of its column. */
  readonly granularity: string;
  readonly customGranularities: readonly string[];
}

/** A rule of dbt-semantic-interfaces. */
export type Rule = (layer: CheckedLayer) => Iterable<Issue>;

export const mistake = (at: Issue['at'], message: string): Issue => ({ severity: 'error', message, at });
export const doubt = (at: Issue['at'], message: string): Issue => ({ severity: 'warning', message, at });

export function checkedLayer(layer: SemanticLayer, timeSpines: readonly TimeSpineFacts[]): CheckedLayer {
  return {
    metrics: [...layer.metrics.nodes.values()],
    semanticModels: [...layer.semanticModels.nodes.values()],
    savedQueries: [...layer.savedQueries.nodes.values()],
    timeSpines,
  };
}
