import type { StatementResult } from '../../adapter/cell.ts';
import type { Value } from '../../jinja/values.ts';
import type { ContextServices } from '../services.ts';
export function emptyTable(_services?: ContextServices): Value { return {} as Value; }
export function rowsOf(_table: Value): Value { return []; }
export function tableFromResult(result: StatementResult, _services: ContextServices): Value {
  return { column_names: result.columns.map((c) => c.name), rows: result.rows } as unknown as Value;
}
