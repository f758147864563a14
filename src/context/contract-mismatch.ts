import { dictGet } from '../jinja/dict.ts';
import { iterate } from '../jinja/operations.ts';
import { str } from '../jinja/text.ts';
import { isDict, type Value } from '../jinja/values.ts';
import { columnTypes } from './table/column-type.ts';
import { layOutTable } from './table/print-table.ts';

const header = ['column_name', 'definition_type', 'contract_type', 'mismatch_reason'];
const unlimited = { maxRows: null, maxColumns: null, maxColumnWidth: null, maxPrecision: null };

/**
 * Why a query does not keep its model's contract, as the table that dbt prints. Both lists are dictionaries of
 * `name` and `data_type`, one per column; rows are ordered by name.
 */
export function contractMismatch(contract: Value, definition: Value): string {
  const wanted = typesByName(contract);
  const given = typesByName(definition);
  const rows: string[][] = [];
  for (const [name, type] of given) {
    const other = wanted.get(name);
    if (other === undefined) rows.push([name, type, '', 'missing in contract']);
    else if (other !== type) rows.push([name, type, other, 'data type mismatch']);
  }
  for (const [name, type] of wanted)
    if (!given.has(name)) rows.push([name, '', type, 'missing in definition']);
  rows.sort(([a], [b]) => (a! < b! ? -1 : 1));
  const types = header.map(() => columnTypes.Text);
  const about =
    "The query's columns (definition) are not those of the model's YAML (contract): names, types and number must match.";
  const lines = ['This model has an enforced contract that failed.', about];
  if (rows.length > 0) lines.push('', layOutTable({ names: header, types, rows }, unlimited));
  return lines.join('\n');
}

function typesByName(columns: Value): Map<string, string> {
  const out = new Map<string, string>();
  for (const column of iterate(columns)) {
    if (isDict(column)) out.set(str(dictGet(column, 'name') ?? ''), str(dictGet(column, 'data_type') ?? ''));
  }
  return out;
}
