import { duckdbFacts } from '../../adapters/duckdb/facts.ts';
import type { AdapterFacts, ClassFacts } from '../../src/adapter/facts.ts';
import type { Kwargs } from '../../src/jinja/host.ts';
import { Callable, hostTypeOf, type Value } from '../../src/jinja/values.ts';

/** Facts of a warehouse as far as relations and columns of templates depend on them. */
function facts(type: string, identifierLimit: number | null, classes: Partial<ClassFacts>): AdapterFacts {
  return {
    type,
    dispatchParents: [],
    macroPackage: `dbt_${type}`,
    credentials: [],
    quote: '"',
    quoting: { database: true, schema: true, identifier: true },
    folding: 'lower',
    caseInsensitiveNames: type === 'duckdb',
    identifierLimit,
    transactionalDdl: true,
    savepoints: true,
    replacesInPlace: true,
    implicitTransactions: false,
    viewsFollow: 'name',
    overloads: false,
    merge: true,
    syntax: {
      lineComments: ['--'],
      nestedBlockComments: true,
      dollarQuotes: true,
      backslashEscapes: 'e-strings',
      identifierQuotes: ['"'],
      stringQuotes: ["'"],
    },
    defaultIncrementalStrategy: { withKey: 'delete+insert', withoutKey: 'append' },
    incrementalStrategies: ['append', 'delete+insert'],
    concurrentBatches: false,
    batchesReplacedBy: 'unique_key',
    emptyInsert: { _message: 'OK' },
    constraints: {
      check: 'enforced',
      not_null: 'enforced',
      unique: 'enforced',
      primary_key: 'enforced',
      foreign_key: 'enforced',
    },
    foreignKeysNameDatabase: type === 'postgres',
    jsonResults: type === 'postgres' ? 'parsed' : 'text',
    intervalYearDays: type === 'postgres' ? 365 : 360,
    typeLabels: { STRING: 'TEXT' },
    seedLoading: 'values',
    seedTypes: {
      integer: 'integer',
      number: 'float8',
      boolean: 'boolean',
      date: 'date',
      datetime: 'timestamp without time zone',
      time: 'time',
      text: 'text',
    },
    classes,
  };
}

export const duckdbLike = facts('duckdb', null, duckdbFacts.classes!);

export const postgresLike = facts('postgres', 63, {
  renameable: ['table', 'view'],
  replaceable: ['table', 'view'],
  unsizedText: true,
});

/** `value.name` as a template reads it; undefined where there is no such member. */
export function attr(value: Value, name: string): Value | undefined {
  return hostTypeOf(value)?.attr?.(value, name);
}

/** `value.name(*args, **kwargs)`. */
export function call(
  value: Value,
  name: string,
  args: Value[] = [],
  kwargs: Record<string, Value> = {},
): Value {
  const found = attr(value, name);
  if (!(found instanceof Callable)) throw new Error(`no method ${name}`);
  const named: Kwargs = new Map(Object.entries(kwargs));
  return found.call(args, named) as Value;
}
