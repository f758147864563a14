import type { Relation as AdapterRelation, RelationType } from '../adapter/relation.ts';
import { HOST, type HostType } from '../jinja/host.ts';
import { truth } from '../jinja/operations.ts';
import { raise } from '../jinja/py-error.ts';
import { repr, str } from '../jinja/text.ts';
import { callable, isText, PyDict, PySet, textOf, type Value } from '../jinja/values.ts';
import { functionConfig, functionMacroName } from './function-config.ts';
import { type HostMethod, membersOf, method } from './host-members.ts';
import { informationSchemaOf } from './information-schema.ts';
import {
  emptyRelation,
  incorporate,
  matchesPath,
  readType,
  relationDict,
  replaceFields,
} from './relation-changes.ts';
import { nameTooLong, usedAsDictionary } from './relation-errors.ts';
import {
  printRelation,
  quoteName,
  type RelationFields,
  type RelationStyle,
  relationTypes,
  renderLimited,
  renderRelation,
} from './relation-fields.ts';
import {
  everyPart,
  keywordsOf,
  type PartsGiven,
  PartsValue,
  pathWith,
  policyWith,
  refuseUnknownParts,
} from './relation-parts.ts';

/**
 * What `ref`, `source`, `this`, `adapter.get_relation` and `api.Relation.create` give templates. Equality is dbt's:
 * every field counts, so a relation without a type differs from the same one with it.
 */
export class RelationValue {
  readonly fields: RelationFields;

  constructor(fields: RelationFields) {
    const { style, path, type } = fields;
    if (style.identifierLimit !== null && type !== null && path.identifier !== null) {
      if ([...path.identifier].length > style.identifierLimit)
        nameTooLong(path.identifier, style.identifierLimit);
    }
    this.fields = fields;
  }

  get [HOST](): HostType<RelationValue> {
    return relationType;
  }

  get database(): string | null {
    return this.fields.path.database;
  }

  get schema(): string | null {
    return this.fields.path.schema;
  }

  get identifier(): string | null {
    return this.fields.path.identifier;
  }

  get type(): string | null {
    return this.fields.type;
  }

  /** The name as SQL, without any row filter. */
  render(): string {
    return renderRelation(this.fields);
  }

  /** What `{{ relation }}` prints: with the row filter. */
  toString(): string {
    return printRelation(this.fields);
  }

  /** A copy with some fields replaced. */
  with(changes: Partial<RelationFields>): RelationValue {
    return new RelationValue({ ...this.fields, ...changes });
  }
}

/** What the adapter calls the relation; null where it has no identifier or a type that no warehouse knows. */
export function toAdapter(relation: RelationValue): AdapterRelation | null {
  const { database, schema, identifier, type } = relation;
  if (identifier === null || !(storedTypes as readonly (string | null)[]).includes(type)) return null;
  return { database, schema, identifier, type: type as RelationType };
}

const storedTypes: readonly RelationType[] = ['table', 'view', 'materialized_view', 'external', 'function'];

const parts = (database: Value, schema: Value, identifier: Value): PartsGiven =>
  new Map([
    ['database', database],
    ['schema', schema],
    ['identifier', identifier],
  ]);

const identityKey = (self: RelationValue): string =>
  `${self.fields.style.className}:${repr(relationDict(self.fields, true))}`;

const isType = (type: string) => (self: RelationValue) => self.type === type;
const asDictionary = (name: string) => () =>
  callable(name, () => raise('CompilationError', usedAsDictionary));

const methods: Readonly<Record<string, HostMethod<RelationValue>>> = {
  render: method([], (self) => self.render()),
  render_limited: method([], (self) => renderLimited(self.fields)),
  include: method(
    [
      ['database', null],
      ['schema', null],
      ['identifier', null],
    ],
    (self, ...given) =>
      self.with({
        includePolicy: policyWith(self.fields.includePolicy, parts(given[0]!, given[1]!, given[2]!)),
      }),
  ),
  quote: method(
    [
      ['database', null],
      ['schema', null],
      ['identifier', null],
    ],
    (self, ...given) =>
      self.with({ quotePolicy: policyWith(self.fields.quotePolicy, parts(given[0]!, given[1]!, given[2]!)) }),
  ),
  incorporate: method(
    ['**kwargs'],
    (self, kwargs) => new RelationValue(incorporate(self.fields, keywordsOf(kwargs!))),
  ),
  replace: method(
    ['**kwargs'],
    (self, kwargs) => new RelationValue(replaceFields(self.fields, keywordsOf(kwargs!))),
  ),
  replace_path: method(['**kwargs'], (self, kwargs) => {
    const given = keywordsOf(kwargs!);
    refuseUnknownParts('Path', given);
    return self.with({ path: pathWith(self.fields.path, given) });
  }),
  without_identifier: method([], (self) =>
    self.with({
      path: { ...self.fields.path, identifier: null },
      includePolicy: { ...self.fields.includePolicy, identifier: false },
    }),
  ),
  information_schema: method([['view_name', null]], (self, view) => {
    return new RelationValue(informationSchemaOf(self.fields, isText(view!) ? textOf(view) : null));
  }),
  information_schema_only: method([], (self) => new RelationValue(informationSchemaOf(self.fields, null))),
  matches: method(
    [
      ['database', null],
      ['schema', null],
      ['identifier', null],
    ],
    (self, ...given) => matchesPath(self.fields, parts(given[0]!, given[1]!, given[2]!)),
  ),
  quoted: method(['identifier'], (self, identifier) => quoteName(str(identifier!), self.fields.quote)),
  get: method(['key', ['default', null]], (self, key, fallback) => {
    const name = str(key!);
    if (name === 'metadata') return PyDict.fromRecord({ type: self.fields.style.className });
    return members.attr(self, name) ?? fallback!;
  }),
  to_dict: method([['omit_none', false]], (self, omitNone) => relationDict(self.fields, truth(omitNone!))),
  get_function_config: method(['model'], (_self, model) => functionConfig(model!)),
  get_function_macro_name: method(['config'], (_self, config) => functionMacroName(config!)),
  ...classMethods(),
};

/** What dbt has on the class and therefore on every relation; `api.Relation` shows the same. */
function classMethods(): Readonly<Record<string, HostMethod<RelationValue>>> {
  return {
    create: method(
      [['database', null], ['schema', null], ['identifier', null], ['type', null], '**kwargs'],
      (self, database, schema, identifier, type, kwargs) =>
        createRelation(self.fields.style, parts(database!, schema!, identifier!), type!, keywordsOf(kwargs!)),
    ),
    add_ephemeral_prefix: method(['name'], (_self, name) => ephemeralPrefix + str(name!)),
    get_default_quote_policy: method([], (self) => new PartsValue('Policy', self.fields.style.quoting)),
    get_default_include_policy: method([], () => new PartsValue('Policy', everyPart)),
    scd_args: method(['primary_key', 'updated_at'], (_self, key, updatedAt) => [
      ...(Array.isArray(key) ? key : [key!]),
      updatedAt!,
    ]),
  };
}

const ephemeralPrefix = '__dbt__cte__';

/** `Relation.create`: parts by name, a type, and further fields by dbt's names. */
export function createRelation(
  style: RelationStyle,
  path: PartsGiven,
  type: Value,
  further: PartsGiven,
): RelationValue {
  const empty = emptyRelation(style);
  return new RelationValue(
    incorporate(
      { ...empty, path: pathWith(empty.path, path), type: readType(type, style.className) },
      further,
    ),
  );
}

/** How an ephemeral model is named where it is referred to: `__dbt__cte__<alias>`, unquoted. */
export function createEphemeral(
  style: RelationStyle,
  identifier: string,
  filter: Pick<RelationFields, 'limit' | 'where'> = { limit: null, where: null },
): RelationValue {
  const empty = emptyRelation(style);
  return new RelationValue({
    ...empty,
    ...filter,
    path: { ...empty.path, identifier: ephemeralPrefix + identifier },
    type: relationTypes.CTE,
    quotePolicy: { ...empty.quotePolicy, identifier: false },
  });
}

/** `Table`, `View`, ... of the class and its instances. */
export const typeConstants = Object.fromEntries(
  Object.entries(relationTypes)
    .filter(([name]) => name !== 'Ephemeral')
    .map(([name, type]) => [name, () => type]),
) as Readonly<Record<string, () => string>>;

const members = membersOf<RelationValue>(
  {
    database: (self) => self.database,
    schema: (self) => self.schema,
    identifier: (self) => self.identifier,
    table: (self) => self.identifier,
    name: (self) => self.identifier,
    type: (self) => self.type,
    path: (self) => new PartsValue('Path', self.fields.path),
    include_policy: (self) => new PartsValue('Policy', self.fields.includePolicy),
    quote_policy: (self) => new PartsValue('Policy', self.fields.quotePolicy),
    quote_character: (self) => self.fields.quote,
    dbt_created: (self) => self.fields.dbtCreated,
    limit: (self) => self.fields.limit,
    event_time_filter: (self) => self.fields.where,
    require_alias: (self) => self.fields.style.subqueryAlias,
    catalog: (self) => self.fields.catalog,
    external: (self) => (self.fields.style.external ? self.fields.external : undefined),
    information_schema_view: (self) => self.fields.informationSchemaView ?? undefined,
    renameable_relations: (self) => new PySet(self.fields.style.renameable),
    replaceable_relations: (self) => new PySet(self.fields.style.replaceable),
    // dbt has it where names are limited only.
    relation_max_name_length: ({ fields: { style } }) =>
      style.identifierLimit === null
        ? undefined
        : callable('relation_max_name_length', () => style.identifierLimit),
    can_be_renamed: (self) => self.type !== null && self.fields.style.renameable.includes(self.type),
    can_be_replaced: (self) => self.type !== null && self.fields.style.replaceable.includes(self.type),
    is_table: isType(relationTypes.Table),
    is_view: isType(relationTypes.View),
    is_cte: isType(relationTypes.CTE),
    is_materialized_view: isType(relationTypes.MaterializedView),
    is_pointer: isType(relationTypes.PointerTable),
    is_function: isType(relationTypes.Function),
    get_relation_type: () => PyDict.fromRecord(relationTypes),
    items: asDictionary('items'),
    keys: asDictionary('keys'),
    values: asDictionary('values'),
    ...typeConstants,
  },
  methods,
);

const refuse = (): never => raise('CompilationError', usedAsDictionary);

const relationType: HostType<RelationValue> = {
  typeName: 'Relation',
  ...members,
  // Packages tell relations from text by `is mapping` and `.get('metadata')`.
  isMapping: true,
  item: (self, key) => (isText(key) ? members.attr(self, textOf(key)) : undefined),
  contains: (self, item) => isText(item) && members.attr(self, textOf(item)) !== undefined,
  iterate: refuse,
  length: refuse,
  truth: () => true,
  str: (self) => self.toString(),
  repr: (self) => `<${self.fields.style.className} ${self.render()}>`,
  equals: (self, other) => other instanceof RelationValue && identityKey(self) === identityKey(other),
  hashKey: identityKey,
};
