import type { AdapterEntry } from '../../src/adapter/adapter.ts';
import type { AdapterFacts, CredentialField } from '../../src/adapter/facts.ts';
import { readPostgresCredentials } from './credentials.ts';

/** dbt-postgres shows all but the password in `target` and in `debug`. */
const shown = { aliases: [], required: false, secret: false, inTarget: true, inDebug: true } as const;
/** dbt takes them, and passes them by. */
const ours = { ...shown, inTarget: false, inDebug: false } as const;
const hidden = { ...shown, secret: true, inTarget: false, inDebug: false } as const;

/** The keys of dbt-postgres 1.11, in the order in which it shows them, and ours. */
const credentials: readonly CredentialField[] = [
  { ...shown, name: 'host', type: 'string', required: true },
  { ...shown, name: 'port', type: 'integer', required: true },
  { ...shown, name: 'user', type: 'string', required: true },
  { ...shown, name: 'database', aliases: ['dbname'], type: 'string', required: true },
  { ...shown, name: 'schema', type: 'string', required: true },
  { ...shown, name: 'connect_timeout', type: 'integer' },
  { ...shown, name: 'role', type: 'string' },
  { ...shown, name: 'search_path', type: 'string' },
  { ...shown, name: 'keepalives_idle', type: 'integer' },
  { ...shown, name: 'sslmode', type: 'string' },
  { ...shown, name: 'sslcert', type: 'string' },
  { ...shown, name: 'sslkey', type: 'string' },
  { ...shown, name: 'sslrootcert', type: 'string' },
  { ...shown, name: 'application_name', type: 'string' },
  { ...shown, name: 'autocommit', type: 'boolean' },
  { ...shown, name: 'retries', type: 'integer' },
  { ...ours, name: 'statement_timeout', type: 'any' },
  { ...ours, name: 'lock_timeout', type: 'any' },
  { ...hidden, name: 'password', aliases: ['pass'], type: 'string', required: true },
];

export const postgresFacts: AdapterFacts = {
  type: 'postgres',
  dispatchParents: [],
  macroPackage: 'dbt_postgres',
  credentials,
  quote: '"',
  quoting: { database: true, schema: true, identifier: true },
  folding: 'lower',
  caseInsensitiveNames: false,
  identifierLimit: 63,
  transactionalDdl: true,
  savepoints: true,
  replacesInPlace: false,
  implicitTransactions: true,
  viewsFollow: 'object',
  overloads: true,
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
  concurrentBatches: false,
  batchesReplacedBy: 'unique_key',
  emptyInsert: { _message: 'INSERT 0 0', code: 'INSERT', rows_affected: 0 },
  constraints: {
    check: 'enforced',
    not_null: 'enforced',
    unique: 'enforced',
    primary_key: 'enforced',
    foreign_key: 'enforced',
  },
  foreignKeysNameDatabase: true,
  jsonResults: 'parsed',
  intervalYearDays: 365,
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
  classes: {
    relation: 'PostgresRelation',
    column: 'PostgresColumn',
    renameable: ['table', 'view'],
    replaceable: ['table', 'view'],
    unsizedText: true,
  },
  container: {
    image: 'postgres:17',
    port: 5432,
    portVariable: 'PGPORT',
    readyCommand: 'pg_isready',
    settings: { POSTGRES_HOST_AUTH_METHOD: 'trust' },
    fields: { POSTGRES_USER: 'user', POSTGRES_DB: 'database' },
    hostField: 'host',
    portField: 'port',
  },
};

/** PostgreSQL 12 and newer, over the network or a local socket. */
export const postgres: AdapterEntry = {
  facts: postgresFacts,
  credentials: (output, context) => readPostgresCredentials(credentials, output, context),
  load: async () => (await import('./index.ts')).postgresModule,
};
