import { isFloat, isNumber, toNumber } from '../../jinja/numbers.ts';
import { str } from '../../jinja/text.ts';
import { isText, type Value } from '../../jinja/values.ts';
import { Decimal, decimal } from '../decimal.ts';
import { DateValue } from '../modules/datetime/date.ts';
import { DateTime } from '../modules/datetime/datetime.ts';
import { floatValue } from './cell-value.ts';
import { type ColumnType, columnTypes } from './column-type.ts';
import type { TableData } from './print-table.ts';

/**
 * Types the columns of a query's result by all of their values, as dbt does, and brings the values of a column to its
 * type: text anywhere makes a column text, a fraction anywhere makes its integers decimals. A column of nulls is
 * `Integer`.
 */
export function typedTable(names: readonly string[], rows: readonly (readonly Value[])[]): TableData {
  const types = names.map((_, index) => columnTypeOf(rows, index));
  if (types.every((type, index) => !needsCast(type, rows, index))) return { names, types, rows };
  const casts = types.map(castTo);
  return {
    names,
    types,
    rows: rows.map((row) => row.map((value, index) => (value === null ? null : casts[index]!(value)))),
  };
}

const allTypes: readonly ColumnType[] = [
  columnTypes.Integer,
  columnTypes.Number,
  columnTypes.Date,
  columnTypes.DateTime,
  columnTypes.Boolean,
];

function columnTypeOf(rows: readonly (readonly Value[])[], index: number): ColumnType {
  let possible = allTypes;
  for (const row of rows) {
    const value = row[index]!;
    if (value === null) continue;
    possible = possible.filter((type) => fits(type, value));
    if (possible.length === 0) return columnTypes.Text;
  }
  return possible[0]!;
}

const isInteger = (value: Value): boolean => typeof value !== 'boolean' && isNumber(value) && !isFloat(value);

function fits(type: ColumnType, value: Value): boolean {
  switch (type.name) {
    case 'Integer':
      return isInteger(value);
    case 'Number':
      return isInteger(value) || value instanceof Decimal || (isNumber(value) && isFloat(value));
    case 'Date':
      return value instanceof DateValue;
    case 'DateTime':
      return value instanceof DateTime || value instanceof DateValue;
    case 'Boolean':
      return typeof value === 'boolean' || value === 0 || value === 1;
    case 'Text':
      return true;
  }
}

function needsCast(type: ColumnType, rows: readonly (readonly Value[])[], index: number): boolean {
  return rows.some((row) => {
    const value = row[index]!;
    if (value === null) return false;
    if (type.name === 'Number') return !(value instanceof Decimal);
    if (type.name === 'DateTime') return value instanceof DateValue;
    if (type.name === 'Boolean') return typeof value !== 'boolean';
    return type.name === 'Text' && typeof value !== 'string';
  });
}

function castTo(type: ColumnType): (value: Value) => Value {
  switch (type.name) {
    case 'Number':
      return (value) => {
        if (value instanceof Decimal) return value;
        return isFloat(value) ? floatValue(toNumber(value)) : (decimal(str(value)) ?? value);
      };
    case 'DateTime':
      return (value) =>
        value instanceof DateValue
          ? new DateTime(value, { hour: 0, minute: 0, second: 0, microsecond: 0 })
          : value;
    case 'Boolean':
      return (value) => value === true || value === 1;
    case 'Text':
      return (value) => (isText(value) ? value : str(value));
    default:
      return (value) => value;
  }
}
