import type { WarehouseError } from '../../src/adapter/failure.ts';
import type { FunctionInTheWay, RelationName } from '../../src/adapter/relation.ts';
import { findFunctionDependents } from './dependents.ts';
import { sqlState } from './failures.ts';
import { type Catalog, text } from './introspect.ts';

const namedSql = ({ schema, identifier }: RelationName): string =>
  `p.proname = ${text(identifier)} and n.nspname = ${schema === null ? 'current_schema()' : text(schema)}`;

/** Whatever its arguments, and whether a function, a procedure or an aggregate. */
export async function hasFunction(catalog: Catalog, name: RelationName): Promise<boolean> {
  const { rows } = await catalog.ask(
    `select exists (select 1 from pg_catalog.pg_proc p
       join pg_catalog.pg_namespace n on n.oid = p.pronamespace where ${namedSql(name)})`,
  );
  return rows[0]![0] === true;
}

/** With it `create or replace` says that what stands there cannot become this. What is of another kind is not taken away. */
const invalidDefinition = '42P13';

/**
 * The function that `create or replace` refused to replace: the only one of the name, or of several the one that takes
 * these types. Null where the statement was refused for another reason.
 */
export async function findFunctionInTheWay(
  catalog: Catalog,
  name: RelationName,
  argumentTypes: readonly string[],
  failure: WarehouseError,
  watched: { readonly isWatched: boolean },
): Promise<FunctionInTheWay | null> {
  if (sqlState(failure) !== invalidDefinition) return null;
  const types = argumentTypes.map((type) => `pg_catalog.to_regtype(${text(type)})::oid`).join(', ');
  const { rows } = await catalog.ask(
    inTheWaySql(name, `pg_catalog.array_to_string(array[${types}]::oid[], ' ')`),
  );
  const found = rows.length === 1 ? rows[0]! : rows.find(([matches]) => matches === true);
  if (found === undefined) return null;
  const [, kind, signature, restore] = found.map((cell) => (Array.isArray(cell) ? cell : String(cell)));
  return {
    description: `${kind} ${signature}`,
    dependents: await findFunctionDependents(catalog, String(signature), watched),
    drop: `drop routine ${signature}`,
    restore: Array.isArray(restore) ? restore.map(String) : [],
  };
}

/**
 * The functions of a name: whether one takes these types, how it is dropped, and what the new one lacks that was given to
 * this one by others than its definition. Rights are taken from everybody first: a new function may be called by all.
 * `types` gives their numbers in the catalog, with spaces between, as it keeps them.
 */
const inTheWaySql = (name: RelationName, types: string): string => `
with named as (
  select p.oid, p.proacl, p.proowner,
    p.proargtypes::text = ${types} as matches,
    case p.prokind when 'p' then 'procedure' when 'a' then 'aggregate' else 'function' end as kind,
    pg_catalog.format('%I.%I(%s)', n.nspname, p.proname, (
      select pg_catalog.string_agg(pg_catalog.format_type(one.type, null), ', ' order by one.place)
      from pg_catalog.unnest(p.proargtypes::oid[]) with ordinality as one(type, place)
    )) as signature
  from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  where ${namedSql(name)}
),
statements as (
  select oid, 1 as place, 0::int8 as number, pg_catalog.format('revoke all on routine %s from public', signature) as sql
  from named where proacl is not null
  union all
  select f.oid, 2, g.grantee::int8,
    pg_catalog.format('grant execute on routine %s to %s%s', f.signature,
      case when g.grantee = 0 then 'public' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(g.grantee)) end,
      case when g.is_grantable then ' with grant option' else '' end)
  from named f, pg_catalog.aclexplode(f.proacl) g
  where g.grantee <> f.proowner
  union all
  select f.oid, 3, 0, pg_catalog.format('comment on routine %s is %L', f.signature, d.description)
  from named f join pg_catalog.pg_description d
    on d.objoid = f.oid and d.classoid = 'pg_catalog.pg_proc'::regclass
  union all
  select oid, 4, 0, pg_catalog.format('alter routine %s owner to %I', signature, pg_catalog.pg_get_userbyid(proowner))
  from named where pg_catalog.pg_get_userbyid(proowner) <> current_user
)
select f.matches, f.kind, f.signature, pg_catalog.array_agg(s.sql order by s.place, s.number) filter (where s.sql is not null)
from named f left join statements s on s.oid = f.oid
group by f.oid, f.matches, f.kind, f.signature`;
