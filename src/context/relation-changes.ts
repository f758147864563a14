import { isIndex } from '../jinja/numbers.ts';
import { truth } from '../jinja/operations.ts';
import { raise } from '../jinja/py-error.ts';
import { repr, str } from '../jinja/text.ts';
import { isText, PyDict, textOf, type Value } from '../jinja/values.ts';
import { approximateMatch, matchWithoutPath } from './relation-errors.ts';
import { type RelationFields, type RelationStyle, relationTypes, renderRelation } from './relation-fields.ts';
import { everyPart, type PartsGiven, partNames, partsOf, pathWith, policyWith } from './relation-parts.ts';

/** A relation of nothing yet: every part included, the adapter's quoting. */
export function emptyRelation(style: RelationStyle): RelationFields {
  return {
    style,
    path: { database: null, schema: null, identifier: null },
    type: null,
    quote: style.quote,
    includePolicy: everyPart,
    quotePolicy: style.quoting,
    dbtCreated: false,
    limit: null,
    where: null,
    catalog: null,
    external: null,
    informationSchemaView: null,
  };
}

type FieldReader = (value: Value, fields: RelationFields) => Partial<RelationFields>;

/** How each field is read that `create`, `incorporate` and `replace` accept by dbt's name. */
const fieldReaders: Readonly<Record<string, FieldReader>> = {
  path: (value, { path }) => ({ path: pathWith(path, partsOf(value, 'path')) }),
  type: (value, { style }) => ({ type: readType(value, style.className) }),
  quote_character: (value) => ({ quote: str(value) }),
  include_policy: (value, fields) => ({
    includePolicy: policyWith(fields.includePolicy, partsOf(value, 'include_policy')),
  }),
  quote_policy: (value, fields) => ({
    quotePolicy: policyWith(fields.quotePolicy, partsOf(value, 'quote_policy')),
  }),
  dbt_created: (value) => ({ dbtCreated: truth(value) }),
  limit: (value) => ({ limit: isIndex(value) ? Number(value) : null }),
  require_alias: (value, { style }) => ({ style: { ...style, subqueryAlias: truth(value) } }),
  catalog: (value) => ({ catalog: optionalText(value) }),
  external: (value) => ({ external: optionalText(value) }),
  information_schema_view: (value) => ({ informationSchemaView: optionalText(value) }),
};

const optionalText = (value: Value): string | null => (value === null ? null : str(value));

/** One of dbt's relation types, or null; a ValueError for any other value. */
export function readType(value: Value, className: string): string | null {
  if (value === null) return null;
  const type = isText(value) ? textOf(value) : null;
  if (type !== null && (Object.values(relationTypes) as string[]).includes(type)) return type;
  return raise('ValueError', `Field "type" of ${className} has invalid value ${repr(value)}`);
}

/** The relation with fields given by dbt's names; names that are no fields are ignored, as dbt does. */
export function incorporate(fields: RelationFields, given: PartsGiven): RelationFields {
  let out = fields;
  for (const [name, value] of given) {
    const reader = Object.hasOwn(fieldReaders, name) ? fieldReaders[name] : undefined;
    if (reader !== undefined) out = { ...out, ...reader(value, out) };
  }
  return out;
}

/** As `incorporate`, but a TypeError for names that are no fields of the class. */
export function replaceFields(fields: RelationFields, given: PartsGiven): RelationFields {
  const { style } = fields;
  for (const name of given.keys()) {
    if (Object.hasOwn(fieldReaders, name) && (name !== 'external' || style.external)) continue;
    raise('TypeError', `${style.className}.__init__() got an unexpected keyword argument '${name}'`);
  }
  return incorporate(fields, given);
}

/**
 * Whether the given parts of a name are the relation's; names that were made by dbt without quotes are compared
 * without case. A CompilationError where they differ in case only.
 */
export function matchesPath(fields: RelationFields, given: PartsGiven): boolean {
  const { path, quotePolicy, dbtCreated, quote } = fields;
  let exact = true;
  let approximate = true;
  let searched = 0;
  for (const name of partNames) {
    const value = given.get(name) ?? null;
    if (value === null) continue;
    searched += 1;
    const [own, wanted] = [path[name] ?? 'None', str(value)];
    const folds = dbtCreated && !quotePolicy[name];
    if (folds ? own.toLowerCase() !== wanted.toLowerCase() : own !== wanted) exact = false;
    if (stripQuotes(own.toLowerCase(), quote) !== stripQuotes(wanted.toLowerCase(), quote))
      approximate = false;
  }
  if (searched === 0) matchWithoutPath();
  if (approximate && !exact) {
    const empty = emptyRelation(fields.style);
    const searchedFor = { ...empty, path: pathWith(empty.path, given) };
    approximateMatch(renderRelation(searchedFor), renderRelation(fields));
  }
  return exact;
}

function stripQuotes(text: string, quote: string): string {
  let [start, end] = [0, text.length];
  while (start < end && text[start] === quote) start += 1;
  while (end > start && text[end - 1] === quote) end -= 1;
  return text.slice(start, end);
}

/** `relation.to_dict()`, with dbt's keys in dbt's order. */
export function relationDict(fields: RelationFields, omitNone: boolean): PyDict {
  const part = (record: object): PyDict => {
    const entries = Object.entries(record) as [string, Value][];
    return PyDict.fromEntries(omitNone ? entries.filter(([, value]) => value !== null) : entries);
  };
  const entries: [string, Value][] = [
    ['path', part(fields.path)],
    ['type', fields.type],
    ['quote_character', fields.quote],
    ['include_policy', part(fields.includePolicy)],
    ['quote_policy', part(fields.quotePolicy)],
    ['dbt_created', fields.dbtCreated],
    ['limit', fields.limit],
    ['event_time_filter', fields.where],
    ['require_alias', fields.style.subqueryAlias],
    ['catalog', fields.catalog],
    ['renameable_relations', [...fields.style.renameable]],
    ['replaceable_relations', [...fields.style.replaceable]],
  ];
  if (fields.style.external) entries.push(['external', fields.external]);
  if (fields.style.className === 'InformationSchema') {
    entries.push(['information_schema_view', fields.informationSchemaView]);
  }
  return PyDict.fromEntries(omitNone ? entries.filter(([, value]) => value !== null) : entries);
}
