import type { RelationValue } from '../context/relation.ts';
import type { NodeRelationOptions, RelationClass } from '../context/relation-class.ts';
import { str } from '../jinja/text.ts';
import type { Value } from '../jinja/values.ts';
import type { SourceNode } from './node.ts';
import { own, type PlainRecord } from './record.ts';

const known = [
  'enabled',
  'event_time',
  'freshness',
  'loaded_at_field',
  'loaded_at_query',
  'meta',
  'tags',
  'static_analysis',
];

/**
 * A source as templates see it: a relation, or the file or function call that stands for it in DuckDB. The project's
 * quoting does not count for it, only its own, as in dbt.
 */
export function relationOfSource(
  relations: RelationClass,
  source: SourceNode,
  rows: Pick<NodeRelationOptions, 'limit' | 'where'> = {},
): RelationValue {
  return sourceRelation(relations, source, relations.style.quoting, rows);
}

/** The `relation_name` that a manifest gives a source, where dbt does apply the project's quoting. */
export function publishedSourceName(relations: RelationClass, source: SourceNode): string {
  return sourceRelation(relations, source, relations.quoting).render();
}

function sourceRelation(
  relations: RelationClass,
  source: SourceNode,
  base: RelationClass['quoting'],
  rows: Pick<NodeRelationOptions, 'limit' | 'where'> = {},
): RelationValue {
  const quoting: Record<string, boolean> = { ...base };
  for (const [key, value] of Object.entries(source.quoting))
    if (value !== null && key !== 'column') quoting[key] = value;
  const { database, schema, identifier } = source;
  const external = relations.style.external ? externalLocation(source) : null;
  return relations.ofNode({ database, schema, identifier }, { quoting, external, ...rows });
}

/** `external_location` of a source's meta or config, the source's names filled in; null where it has none. */
function externalLocation(source: SourceNode): string | null {
  const given = Object.hasOwn(source.meta, 'external_location');
  if (!given && !Object.hasOwn(source.config, 'external_location')) return null;
  const settings: Record<string, unknown> = { ...source.meta };
  for (const [key, value] of Object.entries(source.config)) if (!known.includes(key)) settings[key] = value;
  const template = own(settings, 'external_location');
  if (typeof template !== 'string' || Object.hasOwn(settings, 'plugin')) return null;
  const names = {
    name: source.name,
    identifier: source.identifier,
    schema: source.schema,
    database: source.database,
    tags: source.tags,
    ...settings,
  };
  const location = fill(template, names, settings['formatter']);
  return location.includes('(') || location.startsWith("'") ? location : `'${location}'`;
}

function fill(template: string, names: PlainRecord, formatter: unknown): string {
  const named = (whole: string, name: string): string =>
    Object.hasOwn(names, name) ? str(names[name] as Value) : whole;
  switch (formatter) {
    case 'oldstyle':
      return template.replace(/%\((\w+)\)s|%%/g, (whole, name?: string) =>
        name === undefined ? '%' : named(whole, name),
      );
    case 'template':
      return template.replace(/\$(?:\{(\w+)\}|(\w+)|\$)/g, (whole, braced?: string, plain?: string) => {
        const name = braced ?? plain;
        return name === undefined ? '$' : named(whole, name);
      });
    default:
      return template.replace(/\{\{|\}\}|\{(\w+)\}/g, (whole, name?: string) =>
        name === undefined ? whole[0]! : named(whole, name),
      );
  }
}
