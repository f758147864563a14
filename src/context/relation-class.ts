import type { AdapterFacts } from '../adapter/facts.ts';
import { foldName } from '../adapter/names.ts';
import type { Relation as AdapterRelation, RelationName } from '../adapter/relation.ts';
import { dictGet } from '../jinja/dict.ts';
import { HOST, type HostType } from '../jinja/host.ts';
import { raise } from '../jinja/py-error.ts';
import { str } from '../jinja/text.ts';
import { isDict, PyDict, type Value } from '../jinja/values.ts';
import { membersOf, method } from './host-members.ts';
import { createEphemeral, createRelation, RelationValue, typeConstants } from './relation.ts';
import { emptyRelation } from './relation-changes.ts';
import type { RelationFields, RelationStyle } from './relation-fields.ts';
import { relationTypes } from './relation-fields.ts';
import {
  everyPart,
  keywordsOf,
  type PartsGiven,
  PartsValue,
  type Policy,
  partsOf,
  policyWith,
} from './relation-parts.ts';

/** dbt's relation class of an adapter. */
export function relationStyle(facts: AdapterFacts): RelationStyle {
  const { classes, type } = facts;
  return {
    className: classes?.relation ?? `${type.charAt(0).toUpperCase()}${type.slice(1)}Relation`,
    quote: facts.quote,
    quoting: facts.quoting,
    subqueryAlias: classes?.subqueryAlias ?? true,
    renameable: classes?.renameable ?? [],
    replaceable: classes?.replaceable ?? [],
    identifierLimit: facts.identifierLimit,
    external: classes?.external ?? false,
  };
}

/** `api.Relation`: makes relations with the quoting of the adapter and the project. */
export class RelationClass {
  readonly style: RelationStyle;
  /** The adapter's quoting under the project's `quoting:`. */
  readonly quoting: Policy;
  readonly #facts: AdapterFacts;

  constructor(facts: AdapterFacts, projectQuoting: Partial<Policy> = {}) {
    this.#facts = facts;
    this.style = relationStyle(facts);
    this.quoting = { ...facts.quoting, ...projectQuoting };
  }

  get [HOST](): HostType<RelationClass> {
    return relationClassType;
  }

  /** The name as the warehouse keeps it: parts that are printed without quotes are folded. */
  stored(name: RelationName, quoting: Partial<Policy> = {}): RelationName {
    const policy = { ...this.quoting, ...quoting };
    const part = (quoted: boolean, text: string): string => (quoted ? text : foldName(this.#facts, text));
    return {
      database: name.database === null ? null : part(policy.database, name.database),
      schema: name.schema === null ? null : part(policy.schema, name.schema),
      identifier: part(policy.identifier, name.identifier),
    };
  }

  /** The relation of a node: its own `quoting` wins over the project's. */
  ofNode(name: RelationName, options: NodeRelationOptions = {}): RelationValue {
    return new RelationValue({
      ...emptyRelation(this.style),
      path: { database: name.database, schema: name.schema, identifier: name.identifier },
      type: options.type ?? null,
      quotePolicy: { ...this.quoting, ...options.quoting },
      limit: options.limit ?? null,
      where: options.where ?? null,
      external: options.external ?? null,
    });
  }

  /** A relation that the warehouse listed: its name is exact, so every part is quoted. */
  fromAdapter(relation: AdapterRelation): RelationValue {
    const { database, schema, identifier, type } = relation;
    return new RelationValue({
      ...emptyRelation(this.style),
      path: { database, schema, identifier },
      type,
      quotePolicy: everyPart,
    });
  }

  /** What a ref to an ephemeral model is. */
  ephemeral(identifier: string, rows?: Pick<RelationFields, 'limit' | 'where'>): RelationValue {
    return createEphemeral(this.style, identifier, rows);
  }
}

export interface NodeRelationOptions {
  readonly type?: string | null;
  readonly quoting?: Partial<Policy>;
  /** Row filter that only printing shows: at most so many rows. */
  readonly limit?: number | null;
  /** Row filter that only printing shows: a condition in the warehouse's SQL. */
  readonly where?: string | null;
  /** Printed in place of the name: an external source's file or function call. */
  readonly external?: string | null;
}

function create(self: RelationClass, path: PartsGiven, type: Value, further: PartsGiven): RelationValue {
  const given = further.get('quote_policy');
  const policy =
    given === undefined ? self.quoting : policyWith(self.quoting, partsOf(given, 'quote_policy'));
  const fields = new Map(further).set('quote_policy', new PartsValue('Policy', policy));
  return createRelation(self.style, path, type, fields);
}

/** The parts of a node that a template holds as a dict: `graph.nodes[...]`, `model`. */
function nodeParts(node: Value): PartsGiven {
  if (!isDict(node)) raise('TypeError', 'Relation.create_from needs a node of the graph');
  const part = (name: string): Value => dictGet(node, name) ?? null;
  const identifier = part('identifier') ?? part('alias') ?? part('name');
  return new Map([
    ['database', part('database')],
    ['schema', part('schema')],
    ['identifier', identifier],
  ]);
}

const members = membersOf<RelationClass>(
  { get_relation_type: () => PyDict.fromRecord(relationTypes), ...typeConstants },
  {
    create: method(
      [['database', null], ['schema', null], ['identifier', null], ['type', null], '**kwargs'],
      (self, database, schema, identifier, type, kwargs) => {
        const path: PartsGiven = new Map([
          ['database', database!],
          ['schema', schema!],
          ['identifier', identifier!],
        ]);
        return create(self, path, type!, keywordsOf(kwargs!));
      },
    ),
    create_from: method(['quoting', 'relation_config', '**kwargs'], (self, _quoting, node, kwargs) => {
      return create(self, nodeParts(node!), null, keywordsOf(kwargs!));
    }),
    create_ephemeral_from: method(['relation_config', ['limit', null]], (self, node) =>
      self.ephemeral(str(nodeParts(node!).get('identifier') ?? null)),
    ),
    add_ephemeral_prefix: method(['name'], (self, name) => self.ephemeral(str(name!)).render()),
    get_default_quote_policy: method([], (self) => new PartsValue('Policy', self.style.quoting)),
    get_default_include_policy: method([], () => new PartsValue('Policy', everyPart)),
    scd_args: method(['primary_key', 'updated_at'], (_self, key, updatedAt) => [
      ...(Array.isArray(key) ? key : [key!]),
      updatedAt!,
    ]),
  },
);

const relationClassType: HostType<RelationClass> = {
  typeName: 'Relation',
  ...members,
  repr: (self) => `<class ${self.style.className}>`,
};
