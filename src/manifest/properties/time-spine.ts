import type { ModelNode } from '../node.ts';
import type { ParseState } from '../parse-state.ts';
import type { PlainRecord } from '../record.ts';
import type { PropertiesEntry } from './entry.ts';
import { checkPart, innerPart, innerParts, type Part, tellPart, textOrNull, wholeEntry } from './parts.ts';
import type { Shape } from './shape.ts';

const timeSpineShape: Shape = { standard_granularity_column: 'text', custom_granularities: 'list' };
const customShape: Shape = { name: 'text', column_name: 'text?' };

/** The `time_spine` of a model, whose columns have to be columns of it; null where there is none, or a wrong one, which is told. */
export function timeSpineOf(
  state: ParseState,
  entry: PropertiesEntry,
  columns: ModelNode['columns'],
): PlainRecord | null {
  const part = innerPart(wholeEntry(state, entry), 'time_spine', 'time_spine');
  if (part === null || !checkPart(part, timeSpineShape, ['standard_granularity_column'])) return null;
  const standard = part.data['standard_granularity_column'] as string;
  const custom = innerParts(part, 'custom_granularities', 'custom granularity').flatMap((inner) => {
    if (!checkPart(inner, customShape, ['name'])) return [];
    return { name: inner.data['name'] as string, column_name: textOrNull(inner.data, 'column_name') };
  });
  checkColumns(part, standard, custom, columns);
  return { standard_granularity_column: standard, custom_granularities: custom };
}

function checkColumns(
  part: Part,
  standard: string,
  custom: readonly { readonly name: string; readonly column_name: string | null }[],
  columns: ModelNode['columns'],
): void {
  const known = Object.keys(columns);
  const listed = known.length === 0 ? 'the model has none' : `it has ${known.join(', ')}`;
  if (!Object.hasOwn(columns, standard)) {
    const problem = `its standard_granularity_column '${standard}' is no column of the model: ${listed}`;
    tellPart(part, problem, 'standard_granularity_column');
  } else if (columns[standard]!.granularity === null) {
    tellPart(part, `the column '${standard}' needs a granularity`, 'standard_granularity_column');
  }
  const missing = custom
    .map(({ name, column_name: column }) => column ?? name)
    .filter((name) => !known.includes(name));
  if (missing.length > 0) {
    const problem = `custom granularities stand in columns that the model does not have: ${missing.join(', ')}`;
    tellPart(part, problem, 'custom_granularities', listed);
  }
}
