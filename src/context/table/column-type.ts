import { HOST, type HostType } from '../../jinja/host.ts';

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

/** Packages look for the class's name in the text, so it is printed as Python prints it, without the address. */
const columnTypeType: HostType<ColumnType> = {
  typeName: 'DataType',
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
