import type { StatementResult } from '../../adapter/cell.ts';
import { tupleOf, type Value } from '../../jinja/values.ts';
import { columnNames } from '../seed/header.ts';
import type { ContextServices } from '../services.ts';
import { cellValue } from './cell-value.ts';
import { typedTable } from './infer-types.ts';
import { type Print, Table } from './table.ts';

/** What a table needs of the invocation: where it prints, and which warehouse it came from. */
export type TableServices = Pick<ContextServices, 'emit' | 'facts'>;

/** The table of a statement's result, as `run_query` gives it; cells are read when they are first asked for. */
export function tableFromResult(result: StatementResult, services: TableServices): Table {
  const names = columnNames(result.columns.map((column) => column.name));
  const { facts } = services;
  const load = () => {
    const rows = result.rows.map((row) =>
      row.map((cell, index) => cellValue(cell, result.columns[index]!, facts)),
    );
    return typedTable(names, rows);
  };
  return new Table(names, load, printTo(services));
}

/** A table without columns and rows: what stands for a result that is not there. */
export function emptyTable(services?: TableServices): Table {
  return new Table(
    [],
    () => ({ names: [], types: [], rows: [] }),
    services === undefined ? () => {} : printTo(services),
  );
}

/** The rows of a table as a list of tuples: `load_result(...).data`. Empty for anything but a table. */
export function rowsOf(table: Value): Value {
  return table instanceof Table ? table.data.rows.map((row) => tupleOf(row)) : [];
}

/** Tables print as the template function `print` does. */
export function printTo({ emit }: Pick<TableServices, 'emit'>): Print {
  return (text) => emit({ name: 'template-print', text, uniqueId: null });
}
