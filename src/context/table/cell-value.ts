import type { Cell, CellStruct, ResultColumn } from '../../adapter/cell.ts';
import type { AdapterFacts } from '../../adapter/facts.ts';
import { toJson } from '../../jinja/json.ts';
import { floatRepr } from '../../jinja/numbers.ts';
import { parseJson } from '../../jinja/parse-json.ts';
import { PyError } from '../../jinja/py-error.ts';
import { makeFloat, PyDict, type Value } from '../../jinja/values.ts';
import { decimal } from '../decimal.ts';
import { DateValue } from '../modules/datetime/date.ts';
import { DateTime } from '../modules/datetime/datetime.ts';
import { parseIsoDate, parseIsoDateTime } from '../modules/datetime/iso-parse.ts';
import { intervalText } from './interval-text.ts';

/** What differs between the drivers of dbt's adapters. */
export type DriverFacts = Pick<AdapterFacts, 'jsonResults' | 'intervalYearDays'>;

/**
 * A cell as dbt's tables hold it: numbers with a fraction are decimals, lists and structs their JSON text, bytes the
 * text that Python prints of them, and so are intervals.
 */
export function cellValue(cell: Cell, column: ResultColumn, facts: DriverFacts): Value {
  if (cell === null) return null;
  switch (column.kind) {
    case 'float':
      return floatValue(Number(cell));
    case 'decimal':
      return decimal(String(cell)) ?? String(cell);
    case 'date':
      return orText(cell, (text) => new DateValue(parseIsoDate(text)));
    case 'timestamp':
    case 'timestamptz':
      return orText(cell, (text) => {
        const { civil, clock, zone } = parseIsoDateTime(text);
        return new DateTime(civil, clock, zone);
      });
    case 'json':
      return facts.jsonResults === 'parsed' ? jsonText(String(cell)) : String(cell);
    case 'bytes':
      return bytesText(cell as Uint8Array);
    case 'interval':
      return intervalText(String(cell), facts.intervalYearDays);
    default:
      return plainValue(cell, column.type);
  }
}

/** A decimal of the float's shortest text; infinities and NaN stay floats. */
export function floatValue(value: number): Value {
  return Number.isFinite(value) ? (decimal(floatRepr(value)) ?? makeFloat(value)) : value;
}

/** Text where the calendar of Python has no such moment: `infinity`, years before 1. */
function orText(cell: Cell, read: (text: string) => Value): Value {
  try {
    return read(String(cell));
  } catch (caught) {
    if (caught instanceof PyError) return String(cell);
    throw caught;
  }
}

function plainValue(cell: Cell, type: string): Value {
  if (typeof cell === 'boolean' || typeof cell === 'string' || typeof cell === 'number') return cell as Value;
  if (typeof cell === 'bigint') return cell;
  if (cell instanceof Uint8Array) return bytesText(cell);
  return toJson(nestedValue(cell, type));
}

/** What `json.dumps` is given of a nested value; elements of a list are read by the list's own type. */
function nestedValue(cell: Cell, type: string): Value {
  if (cell === null || typeof cell === 'boolean' || typeof cell === 'number' || typeof cell === 'bigint') {
    return cell as Value;
  }
  if (typeof cell === 'string') return nestedText(cell, type);
  if (cell instanceof Uint8Array) return bytesText(cell);
  if (Array.isArray(cell)) {
    const element = type.replace(/\[\d*\]$/, '');
    return cell.map((item: Cell) => nestedValue(item, element));
  }
  const struct = cell as CellStruct;
  return PyDict.fromEntries(struct.fields.map(([name, value]) => [name, nestedValue(value, '')]));
}

function nestedText(text: string, type: string): Value {
  if (/^(?:decimal|numeric)/i.test(type)) return floatOrText(text);
  return /^timestamp/i.test(type) ? text.replace(' ', 'T') : text;
}

const floatOrText = (text: string): Value => (text.trim() === '' ? text : makeFloat(Number(text)));

/** What a driver that reads JSON gives: objects and lists are written again, everything else is its value. */
function jsonText(text: string): Value {
  const value = parseJson(text);
  if (typeof value === 'object' && value !== null && (Array.isArray(value) || value instanceof PyDict)) {
    return toJson(value);
  }
  if (typeof value === 'number' && !Number.isInteger(value)) return floatValue(value);
  return value;
}

/** `b'\x01a'`. */
function bytesText(bytes: Uint8Array): string {
  const printable = String.fromCharCode(...bytes.filter((byte) => byte === 0x27 || byte === 0x22));
  const quote = printable.includes("'") && !printable.includes('"') ? '"' : "'";
  let out = '';
  for (const byte of bytes) out += byteText(byte, quote);
  return `b${quote}${out}${quote}`;
}

const escapes: Readonly<Record<number, string>> = { 9: '\\t', 10: '\\n', 13: '\\r', 92: '\\\\' };

function byteText(byte: number, quote: string): string {
  const character = String.fromCharCode(byte);
  if (character === quote) return `\\${quote}`;
  if (byte in escapes) return escapes[byte]!;
  return byte >= 0x20 && byte < 0x7f ? character : `\\x${byte.toString(16).padStart(2, '0')}`;
}
