import { HOST, type HostType } from '../../jinja/host.ts';
import { str } from '../../jinja/text.ts';
import { makeFloat, type Value } from '../../jinja/values.ts';
import { Decimal } from '../decimal.ts';
import { membersOf, method } from '../host-members.ts';
import { isoText } from './iso-text.ts';

/** Names of agate's data types; `Integer` is dbt's own. */
export type TypeName = 'Integer' | 'Number' | 'Boolean' | 'Date' | 'DateTime' | 'Text';

/** The data type of a table's column, as `column.data_type` shows it. */
export class ColumnType {
  readonly name: TypeName;

  constructor(name: TypeName) {
    this.name = name;
  }

  get [HOST](): HostType<ColumnType> {
    return columnTypeType;
  }
}

const modules: Readonly<Record<TypeName, string>> = {
  Integer: 'dbt_common.clients.agate_helper',
  Number: 'dbt_common.clients.agate_helper',
  Boolean: 'agate.data_types.boolean',
  Date: 'agate.data_types.date',
  DateTime: 'agate.data_types.date_time',
  Text: 'agate.data_types.text',
};

/** A cell for JSON: numbers with a fraction as floats, dates as ISO 8601, other than booleans and integers as text. */
function jsonCell({ name }: ColumnType, value: Value): Value {
  if (value === null || name === 'Integer' || name === 'Boolean') return value;
  if (name === 'Number') return makeFloat(value instanceof Decimal ? value.toNumber() : Number(str(value)));
  return isoText(value);
}

/** Packages look for the class's name in the text, so it is printed as Python prints it, without the address. */
const columnTypeType: HostType<ColumnType> = {
  typeName: 'DataType',
  ...membersOf<ColumnType>(
    {},
    {
      jsonify: method(['d'], (self, value) => jsonCell(self, value!)),
      csvify: method(['d'], (_self, value) => (value === null ? null : isoText(value!))),
    },
  ),
  repr: (self) => `<${modules[self.name]}.${self.name} object>`,
  equals: (self, other) => other instanceof ColumnType && other.name === self.name,
  hashKey: (self) => self.name,
};

export const columnTypes: Readonly<Record<TypeName, ColumnType>> = {
  Integer: new ColumnType('Integer'),
  Number: new ColumnType('Number'),
  Boolean: new ColumnType('Boolean'),
  Date: new ColumnType('Date'),
  DateTime: new ColumnType('DateTime'),
  Text: new ColumnType('Text'),
};
