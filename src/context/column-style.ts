import type { AdapterFacts } from '../adapter/facts.ts';

/** dbt's column class of an adapter, as data. */
export interface ColumnStyle {
  /** Printed by `repr`. */
  readonly className: string;
  readonly quote: string;
  /** Lower-case type names. */
  readonly integerTypes: ReadonlySet<string>;
  readonly floatTypes: ReadonlySet<string>;
  /** Generic labels, upper case, to the warehouse's types. */
  readonly labels: Readonly<Record<string, string>>;
  /** `data_type` of text without a length is its own name. */
  readonly unsizedText: boolean;
  /** Types keep precision and length within their name; structs have fields. */
  readonly compositeTypes: boolean;
}

/** The style of an adapter; what its facts do not say is as on dbt's base class. */
export function columnStyle(facts: AdapterFacts): ColumnStyle {
  const { classes, type } = facts;
  return {
    className: classes?.column ?? `${type.charAt(0).toUpperCase()}${type.slice(1)}Column`,
    quote: facts.quote,
    integerTypes: new Set(classes?.integerTypes ?? baseIntegerTypes),
    floatTypes: new Set(classes?.floatTypes ?? baseFloatTypes),
    labels: facts.typeLabels,
    unsizedText: classes?.unsizedText ?? false,
    compositeTypes: classes?.compositeTypes ?? false,
  };
}

const baseIntegerTypes = [
  ...['smallint', 'integer', 'bigint', 'smallserial', 'serial', 'bigserial'],
  ...['int2', 'int4', 'int8', 'serial2', 'serial4', 'serial8'],
];
const baseFloatTypes = ['real', 'float4', 'float', 'double precision', 'float8', 'double'];

export const textTypes: ReadonlySet<string> = new Set(['text', 'character varying', 'character', 'varchar']);
export const decimalTypes: ReadonlySet<string> = new Set(['numeric', 'decimal']);
