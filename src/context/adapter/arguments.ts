import type { RelationName } from '../../adapter/relation.ts';
import { raise } from '../../jinja/py-error.ts';
import { typeName, type Value } from '../../jinja/values.ts';
import { RelationValue } from '../relation.ts';

/** The relation that a template handed to an adapter method; a TypeError for anything else. */
export function requireRelation(value: Value, method: string): RelationValue {
  if (value instanceof RelationValue) return value;
  return raise('TypeError', `adapter.${method}() takes a relation, not ${typeName(value)}`);
}

export function requireName(value: Value, method: string): RelationName {
  const { database, schema, identifier } = requireRelation(value, method);
  if (identifier === null) raise('TypeError', `adapter.${method}() needs a relation with an identifier`);
  return { database, schema, identifier };
}
