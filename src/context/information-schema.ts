import type { RelationFields } from './relation-fields.ts';

/**
 * `relation.information_schema(view)`: a view of the information schema of the relation's database, whatever the
 * relation's schema; the schema itself where `view` is null.
 */
export function informationSchemaOf(relation: RelationFields, view: string | null): RelationFields {
  return {
    style: {
      ...relation.style,
      className: 'InformationSchema',
      quote: '"',
      subqueryAlias: true,
      renameable: [],
      replaceable: [],
      identifierLimit: null,
      external: false,
    },
    path: { database: relation.path.database, schema: null, identifier: 'INFORMATION_SCHEMA' },
    type: 'view',
    quote: '"',
    includePolicy: {
      ...relation.includePolicy,
      database: relation.path.database !== null,
      schema: false,
      identifier: true,
    },
    quotePolicy: { ...relation.quotePolicy, identifier: false },
    dbtCreated: false,
    limit: null,
    where: null,
    catalog: null,
    external: null,
    informationSchemaView: view,
  };
}
