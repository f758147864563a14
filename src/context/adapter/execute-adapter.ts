import type { StatementResult } from '../../adapter/cell.ts';
import type { Column, Relation, RelationName } from '../../adapter/relation.ts';
import { didYouMean } from '../../core/nearest.ts';
import { valueAsync } from '../../jinja/driver.ts';
import { pending } from '../../jinja/host.ts';
import type { Macro } from '../../jinja/macro.ts';
import { truth } from '../../jinja/operations.ts';
import { str } from '../../jinja/text.ts';
import { type Callable, hostFunction, tuple, type Value } from '../../jinja/values.ts';
import { widerText } from '../column.ts';
import { dropOfNoType, notAvailable, raiseDiagnostic, strategyWithoutMacro } from '../errors.ts';
import { RelationValue, toAdapter } from '../relation.ts';
import { AdapterResponse } from '../results.ts';
import type { Table } from '../table/table.ts';
import type { Warehouse } from '../warehouse.ts';
import {
  type AdapterContext,
  type AdapterObject,
  type AdapterPart,
  adapterObject,
  byName,
  sharedParts,
} from './adapter-object.ts';
import { requireName, requireRelation } from './arguments.ts';
import { checkSnapshotTarget } from './snapshot-target.ts';

export interface ExecuteAdapterContext extends AdapterContext {
  readonly warehouse: Warehouse;
  tableOf(result: StatementResult): Value;
  columnOf(column: Column): Value;
  /** The column, or the leaves of a struct, as dbt's adapter gives the columns of a query. */
  leavesOf(column: Column): readonly Value[];
  /** Rows as tuples, for `data`. */
  seedType(table: Value, index: number): string;
  incrementalStrategyMacro(strategy: string): Macro | null;
}

/** `adapter` while a node runs: reads go through the relation cache, statements through the node's session. */
export function executeAdapter(context: ExecuteAdapterContext): AdapterObject {
  return adapterObject(executeParts, context, (name, known) =>
    raiseDiagnostic(notAvailable(`adapter.${name}`, didYouMean(name, known))),
  );
}

const executeParts: readonly AdapterPart<ExecuteAdapterContext>[] = [
  ...sharedParts,
  ...[statements, relations, columns, schemas, others].map(
    (functions): AdapterPart<ExecuteAdapterContext> =>
      (context) =>
        byName(functions(context)),
  ),
];

function statements({ warehouse, tableOf }: ExecuteAdapterContext): Callable[] {
  const execute = async (sql: Value, autoBegin: Value, fetch: Value, limit: Value): Promise<Value> => {
    const result = await warehouse.execute(str(sql), {
      autoBegin: truth(autoBegin),
      fetch: truth(fetch),
      limit: typeof limit === 'number' ? limit : null,
    });
    return tuple(new AdapterResponse(result.response) as unknown as Value, tableOf(result));
  };
  return [
    hostFunction('execute', ['sql', ['auto_begin', false], ['fetch', false], ['limit', null]], (...given) =>
      pending(() => execute(given[0]!, given[1]!, given[2]!, given[3]!)),
    ),
    hostFunction(
      'add_query',
      ['sql', ['auto_begin', true], ['bindings', null], ['abridge_sql_log', false]],
      (sql, autoBegin) => pending(() => execute(sql!, autoBegin!, false, null)),
    ),
    hostFunction('commit', [], () =>
      pending(async () => {
        await warehouse.commit();
        return null;
      }),
    ),
  ];
}

function relations(context: ExecuteAdapterContext): Callable[] {
  const { warehouse, relations: relationClass } = context;
  const wrap = (relation: Relation | null): Value =>
    relation === null ? null : relationClass.fromAdapter(relation);
  const text = (value: Value | undefined): string | null =>
    value === null || value === undefined ? null : str(value);
  const done = (work: () => Promise<void>) =>
    pending(async () => {
      await work();
      return null;
    });
  /** A relation that does not say what it is, like `this`, is what stands under its name, else taken for a table. */
  const typed = async (given: Value, method: string): Promise<Relation> => {
    const name = requireName(given, method);
    const known = toAdapter(requireRelation(given, method)) ?? (await warehouse.getRelation(name));
    return known ?? { ...name, type: 'table' };
  };
  return [
    hostFunction(
      'get_relation',
      [
        ['database', null],
        ['schema', null],
        ['identifier', null],
      ],
      (database, schema, identifier) => {
        if (identifier === null || identifier === undefined) return null;
        return pending(async () =>
          wrap(
            await warehouse.getRelation(
              relationClass.stored({
                database: text(database),
                schema: text(schema),
                identifier: str(identifier),
              }),
            ),
          ),
        );
      },
    ),
    hostFunction('list_relations', ['database', 'schema'], (database, schema) =>
      pending(async () =>
        (
          await warehouse.listRelations({ database: text(database), schema: str(schema!) }, { fresh: false })
        ).map(wrap),
      ),
    ),
    hostFunction('list_relations_without_caching', ['schema_relation'], (given) =>
      pending(async () => {
        const { database, schema } = requireRelation(given!, 'list_relations_without_caching');
        return (await warehouse.listRelations({ database, schema: schema ?? '' }, { fresh: true })).map(wrap);
      }),
    ),
    hostFunction('drop_relation', ['relation'], (given) =>
      done(async () => {
        const relation = toAdapter(requireRelation(given!, 'drop_relation'));
        await warehouse.dropRelation(relation ?? raiseDiagnostic(dropOfNoType(str(given!))));
      }),
    ),
    hostFunction('truncate_relation', ['relation'], (given) =>
      done(async () => {
        await warehouse.truncateRelation(await typed(given!, 'truncate_relation'));
      }),
    ),
    hostFunction('rename_relation', ['from_relation', 'to_relation'], (from, to) =>
      done(async () => {
        const source = await typed(from!, 'rename_relation');
        await warehouse.renameRelation(source, requireName(to!, 'rename_relation'));
      }),
    ),
    hostFunction('cache_added', ['relation'], (given) => {
      const relation = given instanceof RelationValue ? toAdapter(given) : null;
      if (relation !== null) warehouse.cacheAdded(relation);
      return '';
    }),
    hostFunction('cache_dropped', ['relation'], (given) => {
      if (given instanceof RelationValue) warehouse.cacheDropped(requireName(given, 'cache_dropped'));
      return '';
    }),
    hostFunction('cache_renamed', ['from_relation', 'to_relation'], (from, to) => {
      warehouse.cacheRenamed(requireName(from!, 'cache_renamed'), requireName(to!, 'cache_renamed'));
      return '';
    }),
    hostFunction('already_exists', ['schema', 'name'], (schema, name) =>
      pending(async () => {
        const database = text(context.services.target['database']);
        return (
          (await warehouse.getRelation({ database, schema: str(schema!), identifier: str(name!) })) !== null
        );
      }),
    ),
  ];
}

function columns(context: ExecuteAdapterContext): Callable[] {
  const { warehouse, columnOf } = context;
  const alterColumnType = ({ services, packageName, bind }: ExecuteAdapterContext): Macro =>
    bind(services.registry.resolve('alter_column_type', packageName)!);
  const columnsMacro = ({ services, bind }: ExecuteAdapterContext): Macro =>
    bind(services.registry.resolve('get_columns_in_relation', services.projectName)!);
  const of = async (given: Value, name: string): Promise<readonly Column[]> =>
    warehouse.columnsOf(requireName(given, name));
  return [
    hostFunction('get_columns_in_relation', ['relation'], (given) =>
      columnsMacro(context).call([given!], null),
    ),
    // What the macros of that name end in, unless a project has its own.
    hostFunction('describe_relation', ['relation'], (given) =>
      pending(async () => (await of(given!, 'get_columns_in_relation')).map(columnOf)),
    ),
    hostFunction('get_columns_in_table', ['schema_name', 'table_name'], (schema, table) =>
      pending(async () => {
        const database = context.services.target['database'] ?? null;
        const name = {
          database: database === null ? null : str(database),
          schema: str(schema!),
          identifier: str(table!),
        };
        return (await warehouse.columnsOf(name)).map(columnOf);
      }),
    ),
    hostFunction('get_missing_columns', ['from_relation', 'to_relation'], (from, to) =>
      pending(async () => {
        const there = new Set((await of(to!, 'get_missing_columns')).map((column) => column.name));
        return (await of(from!, 'get_missing_columns'))
          .filter((column) => !there.has(column.name))
          .map(columnOf);
      }),
    ),
    hostFunction('get_column_schema_from_query', ['sql'], (sql) =>
      pending(async () =>
        (await warehouse.describeQuery(str(sql!))).flatMap((column) => context.leavesOf(column)),
      ),
    ),
    hostFunction('expand_target_column_types', ['from_relation', 'to_relation'], (from, to) =>
      pending(async () => {
        const there = await of(to!, 'expand_target_column_types');
        for (const column of await of(from!, 'expand_target_column_types')) {
          const target = there.find(({ name }) => name === column.name);
          const type = target === undefined ? null : widerText(columnOf(target), columnOf(column));
          if (type !== null) await valueAsync(alterColumnType(context).call([to!, column.name, type], null));
        }
        return null;
      }),
    ),
  ];
}

function schemas({ warehouse }: ExecuteAdapterContext): Callable[] {
  const schemaOf = (given: Value, name: string): { database: string | null; schema: string } => {
    const { database, schema } = requireRelation(given, name);
    return { database, schema: schema ?? '' };
  };
  return [
    hostFunction('check_schema_exists', ['database', 'schema'], (database, schema) =>
      pending(() =>
        warehouse.schemaExists({ database: database === null ? null : str(database!), schema: str(schema!) }),
      ),
    ),
    hostFunction('create_schema', ['relation'], (given) =>
      pending(async () => {
        await warehouse.createSchema(schemaOf(given!, 'create_schema'));
        return null;
      }),
    ),
    hostFunction('drop_schema', ['relation'], (given) =>
      pending(async () => {
        await warehouse.dropSchema(schemaOf(given!, 'drop_schema'));
        return null;
      }),
    ),
  ];
}

function others(context: ExecuteAdapterContext): Callable[] {
  const { warehouse } = context;
  const query = async (sql: string): Promise<Value> =>
    context.tableOf(await warehouse.execute(sql, { autoBegin: false, fetch: true, limit: null }));
  return [
    hostFunction('convert_type', ['agate_table', 'col_idx'], (table, index) =>
      context.seedType(table!, typeof index === 'number' ? index : 0),
    ),
    hostFunction('get_incremental_strategy_macro', ['model_context', 'strategy'], (_context, given) => {
      const strategy = given === null ? 'default' : str(given!);
      return context.incrementalStrategyMacro(strategy) ?? raiseDiagnostic(strategyWithoutMacro(strategy));
    }),
    hostFunction('valid_snapshot_target', ['relation', ['column_names', null]], (given, names) =>
      pending(async () => {
        checkSnapshotTarget(await namesIn(context, given!, 'valid_snapshot_target'), names!, null);
        return null;
      }),
    ),
    hostFunction(
      'assert_valid_snapshot_target_given_strategy',
      ['relation', 'column_names', 'strategy'],
      (given, names, strategy) =>
        pending(async () => {
          const present = await namesIn(context, given!, 'assert_valid_snapshot_target_given_strategy');
          checkSnapshotTarget(present, names!, strategy!);
          return null;
        }),
    ),
    hostFunction('get_partitions_metadata', ['table'], (table) =>
      pending(() => query(`select * from ${str(table!)}`)),
    ),
    hostFunction('location_exists', ['location'], (location) => {
      const sql = `select 1 from '${str(location!).replaceAll("'", "''")}' where 1 = 0`;
      return pending(() =>
        query(sql).then(
          () => true,
          () => false,
        ),
      );
    }),
    hostFunction('existing_key_constraint_types', ['relation'], (given) =>
      pending(async () =>
        keyConstraints(await query(keyConstraintQuery(requireName(given!, 'existing_key_constraint_types')))),
      ),
    ),
    hostFunction('ensure_transaction', [], () =>
      pending(async () => {
        await warehouse.execute('', { autoBegin: true, fetch: false, limit: null });
        return null;
      }),
    ),
  ];
}

async function namesIn(
  { warehouse }: ExecuteAdapterContext,
  given: Value,
  method: string,
): Promise<string[]> {
  return (await warehouse.columnsOf(requireName(given, method))).map((column) => column.name);
}

/** DuckDB's own catalog; other warehouses have no macro that asks for it. */
function keyConstraintQuery({ database, schema, identifier }: RelationName): string {
  const literal = (text: string | null): string => `lower('${(text ?? '').replaceAll("'", "''")}')`;
  return `select distinct lower(replace(constraint_type, ' ', '_')) as name
    from duckdb_constraints()
    where lower(database_name) = ${literal(database)}
      and lower(schema_name) = ${literal(schema)}
      and lower(table_name) = ${literal(identifier)}
      and constraint_type in ('PRIMARY KEY', 'UNIQUE', 'FOREIGN KEY')
    order by name`;
}

const keyConstraints = (table: Value): Value => (table as unknown as Table).data.rows.map((row) => row[0]!);
