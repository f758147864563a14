import { type Diagnostic, error } from '../../../core/diagnostic.ts';
import { didYouMean } from '../../../core/nearest.ts';
import type { Span } from '../../../core/span.ts';
import type { SessionNode } from '../../../manifest/node.ts';

/** dbt's words; `rows` says what the rows are for. */
export function columnUnknown(
  name: string,
  rows: string,
  known: Iterable<string>,
  span: Span | null,
): Diagnostic {
  const names = [...known];
  return error({
    code: 'unit-test-column',
    message:
      `Invalid column name: '${name}' in unit test fixture for ${rows}.\n` +
      `Accepted columns for ${rows} are: [${names.map((one) => `'${one}'`).join(', ')}]`,
    span,
    hint: didYouMean(name, names),
  });
}

export function cellsBeyondHeader(cells: readonly unknown[], rows: string, span: Span | null): Diagnostic {
  return error({
    code: 'unit-test-csv',
    message: `a line of the CSV in the unit test fixture for ${rows} has more cells than the header has names: ${cells.join(',')}`,
    span,
    hint: 'put a text with a comma in double quotes',
  });
}

/** `reason` is the warehouse's. */
export function valueInvalid(
  value: unknown,
  column: string,
  type: string,
  reason: string,
  span: Span | null,
): Diagnostic {
  const shown = typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
  return error({
    code: 'unit-test-value',
    family: 'Runtime Error',
    message: `${shown} is no ${type}, which is the type of column '${column}': ${reason}`,
    span,
    hint: 'values are cast to the type of their column; with format: sql they are written as SQL',
  });
}

/** The types of an input's columns are the warehouse's to say. */
export function relationMissing(input: SessionNode, relation: string, span: Span | null): Diagnostic {
  const build = `sluice run --select ${input.name} --empty`;
  return error({
    code: 'unit-test-relation',
    message: `Not able to get columns for unit test '${input.name}' from relation ${relation} because the relation doesn't exist`,
    span,
    hint:
      input.resource_type === 'source'
        ? 'the types of its columns come from the table: load it, or give the rows with format: sql'
        : `the types of its columns come from there: \`sluice build\` makes it first, so does \`${build}\`; or give the rows with format: sql`,
  });
}
