import {
  DuckDBArrayType,
  DuckDBArrayValue,
  DuckDBBlobValue,
  type DuckDBDataChunk,
  DuckDBDateValue,
  DuckDBListType,
  DuckDBListValue,
  DuckDBListVector,
  DuckDBMapType,
  DuckDBMapValue,
  DuckDBStructType,
  DuckDBStructValue,
  DuckDBStructVector,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  DuckDBTimeTZValue,
  DuckDBTimeValue,
  type DuckDBType,
  DuckDBTypeId,
  DuckDBUnionType,
  DuckDBUnionValue,
  type DuckDBValue,
  DuckDBVariantValue,
  type DuckDBVector,
} from '@duckdb/node-api';
import type { Cell, ColumnKind } from '../../src/adapter/cell.ts';
import { offsetSeconds, offsetText } from './time-zone.ts';

/** The rows of one chunk; `zone` is the connection's time zone, which `timestamptz` values are shown in. */
export function rowsOfChunk(chunk: DuckDBDataChunk, zone: string): readonly (readonly Cell[])[] {
  const vectors = Array.from({ length: chunk.columnCount }, (_, index) => chunk.getColumnVector(index));
  return Array.from({ length: chunk.rowCount }, (_, row) =>
    vectors.map((vector) => cellAt(vector, row, zone)),
  );
}

/** Structs are read field by field, because the driver's value object loses fields of the same name. */
function cellAt(vector: DuckDBVector, row: number, zone: string): Cell {
  if (vector instanceof DuckDBStructVector) {
    if (!vector.isItemValid(row)) return null;
    const names = vector.type.entryNames;
    return { fields: names.map((name, index) => [name, cellAt(vector.entryVectorAt(index), row, zone)]) };
  }
  if (vector instanceof DuckDBListVector) {
    const items = vector.getItemVector(row);
    if (items === null) return null;
    return Array.from({ length: items.itemCount }, (_, index) => cellAt(items, index, zone));
  }
  return cellOf(vector.getItem(row), vector.type, zone);
}

function cellOf(value: DuckDBValue, type: DuckDBType, zone: string): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return integer(value);
  if (typeof value !== 'object') return value;
  if (value instanceof DuckDBTimestampTZValue) return instantText(value, zone);
  if (value instanceof DuckDBDateValue) return dateText(value);
  if (value instanceof DuckDBTimeTZValue) {
    return fullFraction(new DuckDBTimeValue(value.micros).toString()) + offsetText(value.offset);
  }
  if (value instanceof DuckDBBlobValue) return new Uint8Array(value.bytes);
  if (value instanceof DuckDBListValue && type instanceof DuckDBListType) {
    return value.items.map((item) => cellOf(item, type.valueType, zone));
  }
  if (value instanceof DuckDBArrayValue && type instanceof DuckDBArrayType) {
    return value.items.map((item) => cellOf(item, type.valueType, zone));
  }
  if (value instanceof DuckDBStructValue && type instanceof DuckDBStructType) {
    const { entries } = value;
    return {
      fields: type.entryNames.map((name, index) => [
        name,
        cellOf(entries[name]!, type.entryTypes[index]!, zone),
      ]),
    };
  }
  if (value instanceof DuckDBMapValue && type instanceof DuckDBMapType) {
    return {
      fields: value.entries.map((entry) => [
        keyText(cellOf(entry.key, type.keyType, zone)),
        cellOf(entry.value, type.valueType, zone),
      ]),
    };
  }
  if (value instanceof DuckDBUnionValue && type instanceof DuckDBUnionType) {
    return cellOf(value.value, type.memberTypes[type.memberTags.indexOf(value.tag)]!, zone);
  }
  if (value instanceof DuckDBVariantValue) {
    return value.type === undefined ? String(value) : cellOf(value.value, value.type, zone);
  }
  return fractionTypes.has(type.typeId) ? fullFraction(String(value)) : String(value);
}

/** How templates and reporters may treat a column of the type. */
export function columnKind(type: DuckDBType): ColumnKind {
  return type.alias === 'JSON' ? 'json' : (kinds[type.typeId] ?? 'other');
}

/** The type as DuckDB's DESCRIBE spells it; `keywords` are needed where `namesFields` says so. */
export function typeText(type: DuckDBType, keywords: ReadonlySet<string>): string {
  const inner = (part: DuckDBType): string => typeText(part, keywords);
  const field = (name: string, part: DuckDBType): string =>
    name === '' ? inner(part) : `${fieldName(name, keywords)} ${inner(part)}`;
  if (type.alias !== undefined) return type.alias;
  if (type instanceof DuckDBListType) return `${inner(type.valueType)}[]`;
  if (type instanceof DuckDBArrayType) return `${inner(type.valueType)}[${type.length}]`;
  if (type instanceof DuckDBMapType) return `MAP(${inner(type.keyType)}, ${inner(type.valueType)})`;
  if (type instanceof DuckDBStructType) {
    return `STRUCT(${type.entryNames.map((name, index) => field(name, type.entryTypes[index]!)).join(', ')})`;
  }
  if (type instanceof DuckDBUnionType) {
    return `UNION(${type.memberTags.map((tag, index) => field(tag, type.memberTypes[index]!)).join(', ')})`;
  }
  return type.toString();
}

/** True where the type's text holds names of fields. */
export const namesFields = (type: DuckDBType): boolean =>
  someType(type, ({ typeId }) => typeId === DuckDBTypeId.STRUCT || typeId === DuckDBTypeId.UNION);

/** True where values of the type are shown in the connection's time zone. */
export const dependsOnTimeZone = (type: DuckDBType): boolean =>
  someType(type, ({ typeId }) => typeId === DuckDBTypeId.TIMESTAMP_TZ || typeId === DuckDBTypeId.VARIANT);

function someType(type: DuckDBType, matches: (type: DuckDBType) => boolean): boolean {
  const inner = (part: DuckDBType): boolean => someType(part, matches);
  if (matches(type)) return true;
  if (type instanceof DuckDBListType || type instanceof DuckDBArrayType) return inner(type.valueType);
  if (type instanceof DuckDBMapType) return inner(type.keyType) || inner(type.valueType);
  if (type instanceof DuckDBStructType) return type.entryTypes.some(inner);
  return type instanceof DuckDBUnionType && type.memberTypes.some(inner);
}

const kinds: Readonly<Partial<Record<DuckDBTypeId, ColumnKind>>> = {
  [DuckDBTypeId.BOOLEAN]: 'boolean',
  [DuckDBTypeId.TINYINT]: 'integer',
  [DuckDBTypeId.SMALLINT]: 'integer',
  [DuckDBTypeId.INTEGER]: 'integer',
  [DuckDBTypeId.BIGINT]: 'integer',
  [DuckDBTypeId.HUGEINT]: 'integer',
  [DuckDBTypeId.UTINYINT]: 'integer',
  [DuckDBTypeId.USMALLINT]: 'integer',
  [DuckDBTypeId.UINTEGER]: 'integer',
  [DuckDBTypeId.UBIGINT]: 'integer',
  [DuckDBTypeId.UHUGEINT]: 'integer',
  [DuckDBTypeId.BIGNUM]: 'integer',
  [DuckDBTypeId.FLOAT]: 'float',
  [DuckDBTypeId.DOUBLE]: 'float',
  [DuckDBTypeId.DECIMAL]: 'decimal',
  [DuckDBTypeId.VARCHAR]: 'text',
  [DuckDBTypeId.ENUM]: 'text',
  [DuckDBTypeId.UUID]: 'text',
  [DuckDBTypeId.BLOB]: 'bytes',
  [DuckDBTypeId.DATE]: 'date',
  [DuckDBTypeId.TIME]: 'time',
  [DuckDBTypeId.TIME_NS]: 'time',
  [DuckDBTypeId.TIME_TZ]: 'time',
  [DuckDBTypeId.TIMESTAMP]: 'timestamp',
  [DuckDBTypeId.TIMESTAMP_S]: 'timestamp',
  [DuckDBTypeId.TIMESTAMP_MS]: 'timestamp',
  [DuckDBTypeId.TIMESTAMP_NS]: 'timestamp',
  [DuckDBTypeId.TIMESTAMP_TZ]: 'timestamptz',
  [DuckDBTypeId.INTERVAL]: 'interval',
  [DuckDBTypeId.LIST]: 'list',
  [DuckDBTypeId.ARRAY]: 'list',
  [DuckDBTypeId.STRUCT]: 'struct',
  [DuckDBTypeId.MAP]: 'struct',
};

const fractionTypes: ReadonlySet<DuckDBTypeId> = new Set([
  DuckDBTypeId.TIME,
  DuckDBTypeId.TIME_NS,
  DuckDBTypeId.TIMESTAMP,
  DuckDBTypeId.TIMESTAMP_S,
  DuckDBTypeId.TIMESTAMP_MS,
  DuckDBTypeId.TIMESTAMP_NS,
]);

function integer(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function dateText(value: DuckDBDateValue): string {
  if (value.isFinite) return value.toString();
  return value.days > 0 ? 'infinity' : '-infinity';
}

function instantText(value: DuckDBTimestampTZValue, zone: string): string {
  if (!value.isFinite) return value.micros > 0n ? 'infinity' : '-infinity';
  const offset = offsetSeconds(value.micros, zone);
  const local = new DuckDBTimestampValue(value.micros + BigInt(offset) * 1_000_000n);
  return fullFraction(local.toString()) + offsetText(offset);
}

/** Python prints all six digits of a fraction or none; the nine of a nanosecond type only where they say more. */
function fullFraction(text: string): string {
  return text.replace(/\.(\d+)/, (_, digits: string) => `.${digits.padEnd(digits.length > 6 ? 9 : 6, '0')}`);
}

const keyText = (key: Cell): string => (typeof key === 'string' ? key : String(key));

function fieldName(name: string, keywords: ReadonlySet<string>): string {
  const plain = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !keywords.has(name.toLowerCase());
  return plain ? name : `"${name.replaceAll('"', '""')}"`;
}
