import type { Diagnostic } from '../../core/diagnostic.ts';
import type { CacheRequest } from './parse-cache.ts';
import { partsOfId, type Rows, type Section } from './rows.ts';
import type { FileDetails, RecordDraft } from './snapshot.ts';
import type { StoredDiagnostic } from './told.ts';

/** The parts of a record that come from outside of parsing: what it stands on beside files, and what is told of it. */
export function toldOf(
  { listed, gate, told }: Pick<CacheRequest, 'listed' | 'gate' | 'told'>,
  rows: Rows,
  { readSets }: Pick<FileDetails, 'readSets'>,
  store: (list: readonly Diagnostic[]) => readonly StoredDiagnostic[],
): Pick<RecordDraft, 'gate' | 'told' | 'settingsWarnings' | 'isVolatile'> {
  return {
    isVolatile: readSets.some(({ volatile }) => volatile),
    gate: gate(readSets),
    settingsWarnings: store(listed.warnings),
    told: { ...told, counts: countsOf(rows) },
  };
}

const others: readonly (readonly [string, Section])[] = [
  ['source', 'sources'],
  ['exposure', 'exposures'],
  ['metric', 'metrics'],
  ['macro', 'macros'],
  ['group', 'groups'],
  ['semantic_model', 'semantic_models'],
  ['saved_query', 'saved_queries'],
  ['unit_test', 'unit_tests'],
  ['function', 'functions'],
];

/** Counted as dbt counts what it found, in its order. */
function countsOf({ keys, bounds }: Rows): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (let row = bounds.nodes[0]; row < bounds.nodes[1]; row += 1) {
    const { type } = partsOfId(keys[row]!);
    if (type === 'operation' || type === 'sql_operation') continue;
    const name = type === 'test' ? 'data_test' : type;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  for (const [name, section] of others) {
    const [from, to] = bounds[section];
    if (to > from) counts[name] = to - from;
  }
  return counts;
}
