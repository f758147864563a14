import type { AdapterFacts } from '../adapter/facts.ts';
import type { Column as AdapterColumn } from '../adapter/relation.ts';
import { bindArguments, signature } from '../jinja/arguments.ts';
import { HOST, type HostType } from '../jinja/host.ts';
import { isIndex, parseInt10 } from '../jinja/numbers.ts';
import { equals } from '../jinja/operations.ts';
import { raise } from '../jinja/py-error.ts';
import { repr, str } from '../jinja/text.ts';
import { isText, textOf, type Value } from '../jinja/values.ts';
import { type ColumnStyle, columnStyle, decimalTypes, textTypes } from './column-style.ts';
import { membersOf, method } from './host-members.ts';
import { quoteName } from './relation-fields.ts';

/** A column as templates see it: what `adapter.get_columns_in_relation` and `api.Column` give. */
export class ColumnValue {
  readonly style: ColumnStyle;
  readonly name: string;
  /** Type name; without its length or precision where the warehouse gives those apart. */
  readonly dtype: string;
  readonly charSize: Value;
  readonly numericPrecision: Value;
  readonly numericScale: Value;
  #fields: readonly ColumnValue[] | null = null;

  constructor(style: ColumnStyle, name: string, dtype: string, sizes: ColumnSizes = noSizes) {
    this.style = style;
    this.name = name;
    this.dtype = dtype;
    this.charSize = sizes.charSize;
    this.numericPrecision = sizes.numericPrecision;
    this.numericScale = sizes.numericScale;
  }

  get [HOST](): HostType<ColumnValue> {
    return columnType;
  }

  /** Fields of a struct type, in order; empty for every other type. */
  get fields(): readonly ColumnValue[] {
    this.#fields ??= structFields(this);
    return this.#fields;
  }
}

export interface ColumnSizes {
  readonly charSize: Value;
  readonly numericPrecision: Value;
  readonly numericScale: Value;
}

const noSizes: ColumnSizes = { charSize: null, numericPrecision: null, numericScale: null };

const isString = (self: ColumnValue): boolean => textTypes.has(self.dtype.toLowerCase());
const isNumeric = (self: ColumnValue): boolean => decimalTypes.has(self.dtype.toLowerCase());
const isInteger = (self: ColumnValue): boolean => self.style.integerTypes.has(self.dtype.toLowerCase());
const isFloat = (self: ColumnValue): boolean => self.style.floatTypes.has(self.dtype.toLowerCase());
const isStruct = (self: ColumnValue): boolean =>
  self.style.compositeTypes && self.dtype.toLowerCase().startsWith('struct');

/** The type as DDL: text with its length, decimals with precision and scale. */
export function dataType(self: ColumnValue): string {
  if (isString(self)) {
    const type = self.dtype.toLowerCase();
    const unsized = type === 'text' || (type === 'character varying' && self.charSize === null);
    return self.style.unsizedText && unsized ? self.dtype : stringType(stringSize(self));
  }
  return isNumeric(self) ? numericType(self.dtype, self.numericPrecision, self.numericScale) : self.dtype;
}

const stringType = (size: Value): string => `character varying(${str(size)})`;

function numericType(dtype: string, precision: Value, scale: Value): string {
  return precision === null || scale === null ? dtype : `${dtype}(${str(precision)},${str(scale)})`;
}

function stringSize(self: ColumnValue): number | bigint {
  if (!isString(self))
    raise('DbtRuntimeError', `string_size() of column '${self.name}', which is no text column`);
  if (self.dtype === 'text' || self.charSize === null) return 256;
  if (isIndex(self.charSize))
    return typeof self.charSize === 'boolean' ? Number(self.charSize) : self.charSize;
  return parseInt10(str(self.charSize)) ?? raise('ValueError', `invalid length ${repr(self.charSize)}`);
}

const canExpandTo = (self: ColumnValue, other: ColumnValue): boolean =>
  isString(self) && isString(other) && stringSize(other) > stringSize(self);

/** The type that makes room in a text column for another's longer texts; null where there is room. */
export function widerText(column: Value, other: Value): string | null {
  if (!(column instanceof ColumnValue) || !(other instanceof ColumnValue)) return null;
  return canExpandTo(column, other) ? stringType(stringSize(other)) : null;
}

/** `STRUCT(a INTEGER, b DECIMAL(3,2))` as columns; parentheses nest. */
function structFields(self: ColumnValue): readonly ColumnValue[] {
  const content = isStruct(self) ? /^STRUCT\((.*)\)/is.exec(self.dtype)?.[1] : undefined;
  if (content === undefined) return [];
  const fields: string[] = [];
  let depth = 0;
  let start = 0;
  for (let index = 0; index < content.length; index += 1) {
    const character = content[index];
    if (character === '(') depth += 1;
    else if (character === ')') depth -= 1;
    else if (character === ',' && depth === 0) {
      fields.push(content.slice(start, index).trim());
      start = index + 1;
    }
  }
  fields.push(content.slice(start).trim());
  return fields.map((field) => {
    const space = field.indexOf(' ');
    if (space < 0) return new ColumnValue(self.style, field, '');
    return new ColumnValue(self.style, field.slice(0, space), field.slice(space + 1));
  });
}

/** The leaves of a struct, named by their path; any other column is its own only leaf. */
export function flatten(self: ColumnValue): ColumnValue[] {
  if (!isStruct(self)) return [self];
  return self.fields.flatMap((field) =>
    flatten(field).map((leaf) => new ColumnValue(self.style, `${self.name}.${leaf.name}`, leaf.dtype)),
  );
}

/** `varchar(20)`, `numeric(10,2)`, ... taken apart; an error where a size is no number. */
function fromDescription(style: ColumnStyle, name: string, description: string): ColumnValue {
  const match = /^([^(]+)(?:\(([^)]+)\))?/.exec(description);
  if (match === null) return raise('DbtRuntimeError', `Could not interpret data type "${description}"`);
  const [, dtype = '', size] = match;
  const sizes = size?.split(',') ?? [];
  if (sizes.length === 0 || sizes.length > 2) return new ColumnValue(style, name, dtype);
  const [first, second] = sizes.map((text) => {
    const number = parseInt10(text);
    if (number !== null) return number;
    const detail = `could not convert "${text}" to an integer`;
    return raise('DbtRuntimeError', `Could not interpret data_type "${description}": ${detail}`);
  });
  if (second === undefined) return new ColumnValue(style, name, dtype, { ...noSizes, charSize: first! });
  return new ColumnValue(style, name, dtype, { ...noSizes, numericPrecision: first!, numericScale: second });
}

const translate = (style: ColumnStyle, label: string): string => {
  const key = label.toUpperCase();
  return Object.hasOwn(style.labels, key) ? style.labels[key]! : label;
};

const classMethods = {
  translate_type: method<{ readonly style: ColumnStyle }>(['dtype'], (self, label) =>
    translate(self.style, str(label!)),
  ),
  create: method<{ readonly style: ColumnStyle }>(
    ['name', 'label_or_dtype'],
    (self, name, label) => new ColumnValue(self.style, str(name!), translate(self.style, str(label!))),
  ),
  from_description: method<{ readonly style: ColumnStyle }>(
    ['name', 'raw_data_type'],
    (self, name, description) => fromDescription(self.style, str(name!), str(description!)),
  ),
  numeric_type: method<{ readonly style: ColumnStyle }>(
    ['dtype', 'precision', 'scale'],
    (_self, dtype, precision, scale) => numericType(str(dtype!), precision!, scale!),
  ),
  string_type: method<{ readonly style: ColumnStyle }>(['size'], (_self, size) => stringType(size!)),
};

const members = membersOf<ColumnValue>(
  {
    column: (self) => self.name,
    name: (self) => self.name,
    dtype: (self) => self.dtype,
    char_size: (self) => self.charSize,
    numeric_precision: (self) => self.numericPrecision,
    numeric_scale: (self) => self.numericScale,
    quoted: (self) => quoteName(self.name, self.style.quote),
    data_type: dataType,
    expanded_data_type: dataType,
    fields: (self) => (self.style.compositeTypes ? [...self.fields] : undefined),
  },
  {
    is_string: method([], isString),
    is_number: method([], (self) => isInteger(self) || isNumeric(self) || isFloat(self)),
    is_float: method([], isFloat),
    is_integer: method([], isInteger),
    is_numeric: method([], isNumeric),
    is_struct: method([], isStruct),
    string_size: method([], stringSize),
    can_expand_to: method(['other_column'], (self, other) => {
      if (!(other instanceof ColumnValue)) raise('TypeError', 'can_expand_to() needs a column');
      return canExpandTo(self, other);
    }),
    literal: method(['value'], (self, value) => `${str(value!)}::${dataType(self)}`),
    flatten: method([], flatten),
    ...classMethods,
  },
);

const columnType: HostType<ColumnValue> = {
  typeName: 'Column',
  ...members,
  repr: (self) => {
    const fields = [
      `column=${repr(self.name)}`,
      `dtype=${repr(self.dtype)}`,
      `char_size=${repr(self.charSize)}`,
      `numeric_precision=${repr(self.numericPrecision)}`,
      `numeric_scale=${repr(self.numericScale)}`,
    ];
    if (self.style.compositeTypes) fields.push(`fields=${repr([...self.fields])}`);
    return `${self.style.className}(${fields.join(', ')})`;
  },
  equals: (self, other) =>
    other instanceof ColumnValue &&
    self.style.className === other.style.className &&
    self.name === other.name &&
    self.dtype === other.dtype &&
    equals(self.charSize, other.charSize) &&
    equals(self.numericPrecision, other.numericPrecision) &&
    equals(self.numericScale, other.numericScale),
};

/** `api.Column`: makes columns, and translates generic type labels to the warehouse's types. */
export class ColumnClass {
  readonly style: ColumnStyle;

  constructor(facts: AdapterFacts) {
    this.style = columnStyle(facts);
  }

  get [HOST](): HostType<ColumnClass> {
    return columnClassType;
  }

  /** A column that the warehouse described. */
  fromAdapter(column: AdapterColumn): ColumnValue {
    return new ColumnValue(
      this.style,
      column.name,
      this.style.compositeTypes ? column.type : bareType(column.type),
      {
        charSize: column.characterLength,
        numericPrecision: column.numericPrecision,
        numericScale: column.numericScale,
      },
    );
  }

  /** The column of a name and a type as SQL writes it, its sizes taken apart: for the columns of a query. */
  fromType(name: string, type: string): ColumnValue {
    return this.style.compositeTypes
      ? new ColumnValue(this.style, name, type)
      : fromDescription(this.style, name, type);
  }
}

/** `character varying(20)` is `character varying`, `timestamp(3) with time zone` is `timestamp with time zone`. */
function bareType(type: string): string {
  return type.replace(/\s*\(\s*\d+\s*(?:,\s*-?\d+\s*)?\)/, '');
}

const constructorTakes = signature('Column', [
  'column',
  'dtype',
  ['char_size', null],
  ['numeric_precision', null],
  ['numeric_scale', null],
]);

const columnClassType: HostType<ColumnClass> = {
  typeName: 'Column',
  ...membersOf<ColumnClass>({}, classMethods),
  call: (self, args, kwargs) => {
    const [name, dtype, charSize, numericPrecision, numericScale] = bindArguments(
      constructorTakes,
      args,
      kwargs,
    );
    const text = (value: Value): string => (isText(value) ? textOf(value) : str(value));
    const sizes = { charSize: charSize!, numericPrecision: numericPrecision!, numericScale: numericScale! };
    return new ColumnValue(self.style, text(name!), text(dtype!), sizes);
  },
  repr: (self) => `<class ${self.style.className}>`,
};
