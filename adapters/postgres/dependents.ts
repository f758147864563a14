import type { Cell, StatementResult } from '../../src/adapter/cell.ts';
import { WarehouseError } from '../../src/adapter/failure.ts';
import { quoteIdentifier, renderRelation } from '../../src/adapter/names.ts';
import type { Dependent, Dependents, RelationName } from '../../src/adapter/relation.ts';
import { postgresFacts } from './facts.ts';
import { dependentsChanged, ownFailure, sqlState } from './failures.ts';
import { type Catalog, regclassSql, text } from './introspect.ts';
import { shortestLocksSql } from './settings.ts';

/**
 * Views and foreign keys that a plain `drop` would refuse to leave behind, the outermost first. Whatever else depends
 * on a relation (a function's body, a table's row type) is left to the server, which then refuses the drop itself.
 * Nobody else sets any of them aside until the transaction ends: two relations may have the same view over them. With
 * `isWatched`, others are not made to wait for locks in a ring, however long these are waited for.
 */
export async function findDependents(
  catalog: Catalog,
  name: RelationName,
  watched: { readonly isWatched: boolean },
): Promise<Dependents> {
  return dependentsOn(catalog, relationTarget(name), watched);
}

/** The same of a function, as the server prints it with its types: `shop.half(integer)`. Foreign keys call none. */
export async function findFunctionDependents(
  catalog: Catalog,
  signature: string,
  watched: { readonly isWatched: boolean },
): Promise<Dependents> {
  return dependentsOn(catalog, functionTarget(signature), watched);
}

async function dependentsOn(
  catalog: Catalog,
  target: Target,
  { isWatched }: { readonly isWatched: boolean },
): Promise<Dependents> {
  const { rows } = await catalog.ask(hasDependentsSql(target));
  if (rows[0]![0] !== true) return { found: [], drops: [] };
  const { rows: claimed } = await catalog.ask(claimSql(target));
  if (!isWatched) await catalog.ask(shortestLocksSql);
  const found = await readDependents(catalog, target);
  const ours = new Set(claimed.map(([place]) => place));
  if (found.some(({ place }) => !ours.has(place))) throw dependentsChanged(null);
  return { found: found.map(({ dependent }) => dependent), drops: dropsOf(found) };
}

/** True where something hangs on the relation that was not among those: somebody made it meanwhile. */
export async function hasOthers(
  catalog: Catalog,
  name: RelationName,
  known: readonly Dependent[],
): Promise<boolean> {
  const descriptions = new Set(known.map(({ description }) => description));
  const now = await readDependents(catalog, relationTarget(name));
  return now.some(({ dependent }) => !descriptions.has(dependent.description));
}

/** What something hangs on, as SQL: numbers of the views that read it themselves, and that of the relation it is. */
interface Target {
  readonly views: string;
  readonly relation: string;
}

const relationTarget = (name: RelationName): Target => ({
  views: `select r.ev_class as view
    from pg_catalog.pg_depend d join pg_catalog.pg_rewrite r on r.oid = d.objid
    where d.classid = 'pg_catalog.pg_rewrite'::regclass and d.refclassid = 'pg_catalog.pg_class'::regclass
      and d.refobjid = ${regclassSql(name)} and d.deptype = 'n' and r.ev_class <> d.refobjid`,
  relation: regclassSql(name),
});

const functionTarget = (signature: string): Target => ({
  views: `select r.ev_class as view
    from pg_catalog.pg_depend d join pg_catalog.pg_rewrite r on r.oid = d.objid
    where d.classid = 'pg_catalog.pg_rewrite'::regclass and d.refclassid = 'pg_catalog.pg_proc'::regclass
      and d.refobjid = pg_catalog.to_regprocedure(${text(signature)}) and d.deptype = 'n'`,
  relation: 'null::oid',
});

async function readDependents(catalog: Catalog, target: Target): Promise<readonly Found[]> {
  const { rows } = await askAtOnce(catalog, dependentsSql(target));
  return rows.map((row) => read(catalog, row));
}

/** A dependent, with what its drop says: kind of statement and object. */
interface Found {
  readonly dependent: Dependent;
  readonly drop: string;
  readonly object: string;
  /** What is claimed before it is set aside: the view, or the table of a foreign key. */
  readonly place: string;
}

function read(catalog: Catalog, [kind, schema, identifier, key, restore]: readonly Cell[]): Found {
  const name = { database: catalog.database, schema: String(schema), identifier: String(identifier) };
  const object = renderRelation(postgresFacts, { ...name, database: null });
  const shown = `${name.schema}.${name.identifier}`;
  const statements = Array.isArray(restore) ? restore.map(String) : null;
  switch (kind) {
    case 'f': {
      const description = `foreign key ${String(key)} of ${shown}`;
      const drop = `alter table ${object} drop constraint`;
      const constraint = quoteIdentifier(postgresFacts, String(key));
      return {
        dependent: { description, relation: { ...name, type: 'table' }, restore: statements },
        drop,
        object: constraint,
        place: shown,
      };
    }
    case 'm': {
      const relation = { ...name, type: 'materialized_view' } as const;
      const description = `materialized view ${shown}`;
      return {
        dependent: { description, relation, restore: statements },
        drop: 'drop materialized view',
        object,
        place: shown,
      };
    }
    default: {
      const relation = { ...name, type: 'view' } as const;
      return {
        dependent: { description: `view ${shown}`, relation, restore: statements },
        drop: 'drop view',
        object,
        place: shown,
      };
    }
  }
}

/** One statement for a row of objects of one kind: a table may have hundreds of views over it. */
function dropsOf(found: readonly Found[]): readonly string[] {
  const drops: { readonly drop: string; readonly objects: string[] }[] = [];
  for (const { drop, object } of found) {
    const last = drops.at(-1);
    if (last?.drop === drop && !drop.startsWith('alter')) last.objects.push(object);
    else drops.push({ drop, objects: [object] });
  }
  return drops.map(({ drop, objects }) => `${drop} ${objects.join(', ')}`);
}

/**
 * The server prints a definition from what is there now, of a view that was there when the query began. One that was
 * swapped between the two is an internal error to it, and to us somebody else's swap, after which ours is repeated.
 */
async function askAtOnce(catalog: Catalog, sql: string): Promise<StatementResult> {
  try {
    return await catalog.ask(sql);
  } catch (thrown) {
    if (!(thrown instanceof WarehouseError) || sqlState(thrown) !== 'XX000') throw thrown;
    throw ownFailure('contention', 'a view that reads it was replaced meanwhile', null, sql, thrown.cause);
  }
}

const hasDependentsSql = ({ views, relation }: Target): string => `
select exists (${views}) or exists (
    select 1 from pg_catalog.pg_constraint
    where contype = 'f' and confrelid = ${relation} and conrelid <> confrelid
  )`;

/** Which relation each view reads. */
const readsSql = `reads as (
  select distinct r.ev_class as view, d.refobjid as source
  from pg_catalog.pg_depend d
  join pg_catalog.pg_rewrite r on r.oid = d.objid
  where d.classid = 'pg_catalog.pg_rewrite'::regclass
    and d.refclassid = 'pg_catalog.pg_class'::regclass
    and d.deptype = 'n'
    and r.ev_class <> d.refobjid
)`;

/**
 * Waits until nobody else sets aside what depends on the target, one after the other in an order that is everybody's;
 * gives what was claimed.
 */
const claimSql = ({ views, relation }: Target): string => `
with recursive ${readsSql},
found as (
  ${views}
  union
  select reads.view from found join reads on reads.source = found.view
),
holding as (
  select view as relation from found
  union
  select conrelid from pg_catalog.pg_constraint
  where contype = 'f' and confrelid = ${relation} and conrelid <> confrelid and conparentid = 0
)
select place, pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('sluice dependents ' || place, 0))::text
from (
  select n.nspname || '.' || c.relname as place
  from holding
  join pg_catalog.pg_class c on c.oid = holding.relation
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  order by 1
) as places`;

/**
 * A view goes after all that read it: by the longest way from the target. Its definition is printed by the server,
 * with names that are not on the search path qualified; what is not part of it is read from the catalog. A
 * materialized view is filled as it is made: one that nobody could read meanwhile would be lost to its readers.
 */
const dependentsSql = ({ views, relation }: Target): string => `
with recursive ${readsSql},
found as (
  select direct.view, 1 as depth from (${views}) as direct
  union
  select reads.view, found.depth + 1 from found join reads on reads.source = found.view
),
views as (
  select c.oid, c.relkind, n.nspname, c.relname, c.relowner, c.relacl, c.reloptions, deepest.depth,
    c.relispopulated, c.reltablespace, c.relam,
    case c.relkind when 'm' then 'materialized view' else 'view' end as kind,
    pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) as name
  from (select view, max(depth) as depth from found group by view) as deepest
  join pg_catalog.pg_class c on c.oid = deepest.view
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
),
statements as (
  select oid, 1 as place, 0::int8 as number,
    pg_catalog.format('create %s %s', kind, name)
    || coalesce((select ' using ' || pg_catalog.quote_ident(amname) from pg_catalog.pg_am where pg_am.oid = relam), '')
    || coalesce(' with (' || pg_catalog.array_to_string(reloptions, ', ') || ')', '')
    || coalesce((select ' tablespace ' || pg_catalog.quote_ident(spcname)
      from pg_catalog.pg_tablespace where pg_tablespace.oid = reltablespace), '')
    || ' as ' || pg_catalog.rtrim(pg_catalog.pg_get_viewdef(oid), ';')
    || case when relispopulated then '' else ' with no data' end as sql
  from views where relkind in ('v', 'm')
  union all
  select v.oid, 2, i.indexrelid::int8, pg_catalog.pg_get_indexdef(i.indexrelid)
  from views v join pg_catalog.pg_index i on i.indrelid = v.oid
  union all
  select v.oid, 3, i.indexrelid::int8,
    pg_catalog.format('alter materialized view %s cluster on %I', v.name, c.relname)
  from views v
  join pg_catalog.pg_index i on i.indrelid = v.oid and i.indisclustered
  join pg_catalog.pg_class c on c.oid = i.indexrelid
  union all
  select v.oid, 3, s.oid::int8, pg_catalog.pg_get_statisticsobjdef(s.oid)
  from views v join pg_catalog.pg_statistic_ext s on s.stxrelid = v.oid
  union all
  select v.oid, 2, a.attnum,
    pg_catalog.format('alter view %s alter column %I set default %s', v.name, a.attname,
      pg_catalog.pg_get_expr(d.adbin, d.adrelid))
  from views v
  join pg_catalog.pg_attrdef d on d.adrelid = v.oid
  join pg_catalog.pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
  union all
  select v.oid, 3, t.oid::int8, pg_catalog.pg_get_triggerdef(t.oid)
  from views v join pg_catalog.pg_trigger t on t.tgrelid = v.oid and not t.tgisinternal
  union all
  select v.oid, 4, r.oid::int8, pg_catalog.pg_get_ruledef(r.oid)
  from views v join pg_catalog.pg_rewrite r on r.ev_class = v.oid and r.rulename <> '_RETURN'
  union all
  select v.oid, 5, coalesce(d.objsubid, 0),
    case when d.objsubid = 0
      then pg_catalog.format('comment on %s %s is %L', v.kind, v.name, d.description)
      else pg_catalog.format('comment on column %s.%I is %L', v.name, a.attname, d.description) end
  from views v
  join pg_catalog.pg_description d
    on d.objoid = v.oid and d.classoid = 'pg_catalog.pg_class'::regclass
  left join pg_catalog.pg_attribute a on a.attrelid = v.oid and a.attnum = d.objsubid
  union all
  select v.oid, 6, g.grantee::int8, ${grantSql("''")}
  from views v, pg_catalog.aclexplode(v.relacl) g
  where g.grantee <> v.relowner
  union all
  select v.oid, 7, a.attnum, ${grantSql("'(' || pg_catalog.quote_ident(a.attname) || ')'")}
  from views v
  join pg_catalog.pg_attribute a on a.attrelid = v.oid and a.attacl is not null,
    pg_catalog.aclexplode(a.attacl) g
  where g.grantee <> v.relowner
  union all
  select oid, 8, 0,
    pg_catalog.format('alter %s %s owner to %I', kind, name, pg_catalog.pg_get_userbyid(relowner))
  from views
  where relkind in ('v', 'm') and pg_catalog.pg_get_userbyid(relowner) <> current_user
)
select relkind::text, nspname::text, relname::text, null, restore, depth
from (
  select v.relkind, v.nspname, v.relname, v.depth,
    pg_catalog.array_agg(s.sql order by s.place, s.number) as restore
  from views v left join statements s on s.oid = v.oid
  group by v.oid, v.relkind, v.nspname, v.relname, v.depth
) as restored
union all
select 'f', n.nspname::text, c.relname::text, k.conname::text,
  array[pg_catalog.format('alter table %I.%I add constraint %I %s',
    n.nspname, c.relname, k.conname, pg_catalog.pg_get_constraintdef(k.oid))],
  0
from pg_catalog.pg_constraint k
join pg_catalog.pg_class c on c.oid = k.conrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where k.contype = 'f' and k.confrelid = ${relation} and k.conrelid <> k.confrelid and k.conparentid = 0
order by 6 desc, 2, 3`;

/** A right as it was given, to a role or to everybody. */
function grantSql(columns: string): string {
  return `pg_catalog.format('grant %s%s on %s to %s%s', g.privilege_type, ${columns}, v.name,
    case when g.grantee = 0 then 'public' else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(g.grantee)) end,
    case when g.is_grantable then ' with grant option' else '' end)`;
}
