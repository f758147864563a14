import type { AdapterEntry } from '../../src/adapter/adapter.ts';
import type { AdapterFacts, CredentialField } from '../../src/adapter/facts.ts';
import { readDuckDBCredentials } from './credentials.ts';

/** dbt-duckdb shows these in `target` and in `debug`. */
const shown = { aliases: [], required: false, secret: false, inTarget: true, inDebug: true } as const;
const hidden = { ...shown, inTarget: false, inDebug: false } as const;

/** The keys of dbt-duckdb 1.11, in its order. */
const credentials: readonly CredentialField[] = [
  { ...shown, name: 'database', type: 'string' },
  { ...shown, name: 'schema', type: 'string' },
  { ...shown, name: 'path', type: 'string' },
  { ...shown, name: 'config_options', type: 'mapping' },
  { ...shown, name: 'extensions', type: 'list' },
  { ...shown, name: 'settings', type: 'mapping' },
  { ...hidden, name: 'secrets', type: 'list', secret: true },
  { ...shown, name: 'external_root', type: 'string' },
  { ...shown, name: 'use_credential_provider', type: 'string' },
  { ...shown, name: 'attach', type: 'list' },
  { ...shown, name: 'filesystems', type: 'list' },
  { ...shown, name: 'remote', type: 'mapping' },
  { ...shown, name: 'plugins', type: 'list' },
  { ...shown, name: 'disable_transactions', type: 'boolean' },
  { ...hidden, name: 'keep_open', type: 'boolean' },
  { ...hidden, name: 'module_paths', type: 'list' },
  { ...hidden, name: 'retries', type: 'mapping' },
  { ...hidden, name: 'flights', type: 'mapping' },
  { ...hidden, name: 'is_ducklake', type: 'boolean' },
  { ...hidden, name: 'motherduck_token', type: 'string', secret: true },
];

export const duckdbFacts: AdapterFacts = {
  type: 'duckdb',
  dispatchParents: [],
  macroPackage: 'dbt_duckdb',
  credentials,
  quote: '"',
  quoting: { database: true, schema: true, identifier: true },
  folding: 'preserve',
  caseInsensitiveNames: true,
  identifierLimit: null,
  transactionalDdl: true,
  savepoints: false,
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
  incrementalStrategies: ['append', 'delete+insert', 'merge', 'microbatch', 'insert_overwrite'],
  concurrentBatches: true,
  batchesReplacedBy: 'event_time',
  emptyInsert: { _message: 'OK', rows_affected: 0 },
  constraints: {
    check: 'enforced',
    not_null: 'enforced',
    unique: 'enforced',
    primary_key: 'enforced',
    foreign_key: 'enforced',
  },
  foreignKeysNameDatabase: false,
  jsonResults: 'text',
  intervalYearDays: 360,
  typeLabels: { STRING: 'TEXT' },
  seedLoading: 'copy',
  seedTypes: {
    integer: 'integer',
    number: 'float8',
    boolean: 'boolean',
    date: 'date',
    datetime: 'timestamp without time zone',
    time: 'time',
    text: 'text',
  },
  fileField: 'path',
  classes: {
    relation: 'DuckDBRelation',
    column: 'DuckDBColumn',
    subqueryAlias: false,
    external: true,
    compositeTypes: true,
    integerTypes: [
      ...[
        'tinyint',
        'smallint',
        'integer',
        'bigint',
        'hugeint',
        'utinyint',
        'usmallint',
        'uinteger',
        'ubigint',
      ],
      ...['int1', 'int2', 'int4', 'int8', 'short', 'int', 'signed', 'long'],
    ],
    floatTypes: ['real', 'float', 'float4', 'float8', 'double'],
  },
};

/** DuckDB, in process: a file, memory, or what its extensions attach. */
export const duckdb: AdapterEntry = {
  facts: duckdbFacts,
  credentials: (output, context) => readDuckDBCredentials(credentials, output, context),
  load: async () => (await import('./index.ts')).duckdbModule,
};
