import { raise } from '../jinja/py-error.ts';

/** A relation is a mapping to packages that ask, but has no entries to walk over. */
export const usedAsDictionary =
  'a relation was used as a dictionary; read its parts by name: relation.database, relation.schema, relation.identifier';

export function nameTooLong(identifier: string, limit: number): never {
  return raise('DbtRuntimeError', `Relation name '${identifier}' is longer than ${limit} characters`);
}

export function matchWithoutPath(): never {
  return raise(
    'DbtRuntimeError',
    'relation.matches() needs a database, schema or identifier to compare with',
  );
}

export function approximateMatch(searched: string, found: string): never {
  return raise(
    'CompilationError',
    `${searched} was searched for and ${found} was found, which differs in case only: rename or drop one of them`,
  );
}
