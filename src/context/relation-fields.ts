import type { Path, Policy } from './relation-parts.ts';
import { partNames } from './relation-parts.ts';

/** What all relations of one adapter have in common: dbt's relation class as data. */
export interface RelationStyle {
  /** Printed by `repr` and given as `relation.get('metadata').type`. */
  readonly className: string;
  readonly quote: string;
  /** dbt's default quoting, before the project's `quoting:`. */
  readonly quoting: Policy;
  readonly subqueryAlias: boolean;
  readonly renameable: readonly string[];
  readonly replaceable: readonly string[];
  /** Longest identifier of a relation that has a type; null for none. */
  readonly identifierLimit: number | null;
  /** The class has the field `external`: a file or function call that is printed in place of the name. */
  readonly external: boolean;
}

/** A relation as data; never changed, derived ones are copies. */
export interface RelationFields {
  readonly style: RelationStyle;
  readonly path: Path;
  /** `table`, `view`, `cte`, ...; null where not known. */
  readonly type: string | null;
  readonly quote: string;
  readonly includePolicy: Policy;
  readonly quotePolicy: Policy;
  readonly dbtCreated: boolean;
  /** Row filter that only printing in `{{ }}` shows: at most so many rows (`--empty`: 0). */
  readonly limit: number | null;
  /** Row filter that only printing in `{{ }}` shows: a condition on the rows (batches, samples). */
  readonly where: string | null;
  readonly catalog: string | null;
  readonly external: string | null;
  /** The view after `INFORMATION_SCHEMA.`; null for every other relation. */
  readonly informationSchemaView: string | null;
}

/** Types that dbt's `RelationType` has. */
export const relationTypes = {
  Table: 'table',
  View: 'view',
  CTE: 'cte',
  MaterializedView: 'materialized_view',
  Ephemeral: 'ephemeral',
  External: 'external',
  PointerTable: 'pointer_table',
  Function: 'function',
} as const;

/** A name between quotes; quotes within it are doubled, so that it stays one name. */
export function quoteName(name: string, quote: string): string {
  return quote + name.replaceAll(quote, quote + quote) + quote;
}

/** The name as SQL, by its policies; empty where nothing is set. Never carries the row filter. */
export function renderRelation(fields: RelationFields): string {
  if (fields.external !== null && fields.external !== '') return fields.external;
  const parts: string[] = [];
  for (const name of partNames) {
    const part = fields.path[name];
    if (part === null || !fields.includePolicy[name]) continue;
    parts.push(fields.quotePolicy[name] ? quoteName(part, fields.quote) : part);
  }
  if (fields.informationSchemaView !== null) parts.push(fields.informationSchemaView);
  return parts.join('.');
}

/** The name, or a subquery of at most `limit` rows. */
export function renderLimited(fields: RelationFields): string {
  const rendered = renderRelation(fields);
  if (fields.limit === null) return rendered;
  const limited = fields.limit === 0 ? 'where false limit 0' : `limit ${fields.limit}`;
  return `(select * from ${rendered} ${limited})${subqueryAlias(fields, 'limit')}`;
}

/** What `{{ relation }}` prints: the name, or a subquery with its row filter, the limit innermost. */
export function printRelation(fields: RelationFields): string {
  if (fields.type === relationTypes.Function) return renderRelation(fields);
  const limited = renderLimited(fields);
  if (fields.where === null || fields.where === '') return limited;
  return `(select * from ${limited} where ${fields.where})${subqueryAlias(fields, 'et_filter')}`;
}

function subqueryAlias(fields: RelationFields, filter: string): string {
  return fields.style.subqueryAlias ? ` _dbt_${filter}_subq_${fields.path.identifier ?? 'None'}` : '';
}
