import type { Diagnostic } from '../../core/diagnostic.ts';
import { resourceCounts } from '../resource-counts.ts';
import type { CacheRequest } from './parse-cache.ts';
import type { ValuesRead } from './read-sets.ts';
import type { Rows, Section } from './rows.ts';
import type { RecordDraft, ToldProject } from './snapshot.ts';
import type { StoredDiagnostic } from './told.ts';

/** The parts of a record that come from outside of parsing: what it stands on beside files, and what is told of it. */
export function toldOf(
  { listed, gate, told }: Pick<CacheRequest, 'listed' | 'gate' | 'told'>,
  counts: ToldProject['counts'],
  values: ValuesRead,
  store: (list: readonly Diagnostic[]) => readonly StoredDiagnostic[],
): Pick<RecordDraft, 'gate' | 'told' | 'settingsWarnings' | 'values'> {
  return {
    values,
    gate: gate(values),
    settingsWarnings: store(listed.warnings),
    told: { ...told, counts },
  };
}

/** Nodes by type. */
export function countsOf({ keys, bounds }: Rows): ToldProject['counts'] {
  const size = (section: Section): number => bounds[section][1] - bounds[section][0];
  return resourceCounts(keys.slice(...bounds.nodes), {
    source: size('sources'),
    exposure: size('exposures'),
    metric: size('metrics'),
    macro: size('macros'),
    group: size('groups'),
    semantic_model: size('semantic_models'),
    saved_query: size('saved_queries'),
    unit_test: size('unit_tests'),
    function: size('functions'),
  });
}
