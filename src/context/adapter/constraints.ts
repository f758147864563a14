import type { ConstraintKind } from '../../adapter/facts.ts';
import { dictGet, dictItems } from '../../jinja/dict.ts';
import { iterate } from '../../jinja/operations.ts';
import { raise } from '../../jinja/py-error.ts';
import { str } from '../../jinja/text.ts';
import { type Callable, type Dict, hostFunction, isDict, type Value } from '../../jinja/values.ts';
import { constraintNotEnforced, constraintNotSupported } from '../errors.ts';
import type { ContextServices } from '../services.ts';

/** What the engine is like, and whom to tell of constraints that it does not keep. */
type ConstraintServices = Pick<ContextServices, 'facts' | 'report'>;

/**
 * `render_raw_columns_constraints` and `render_raw_model_constraints`: a contract's constraints as SQL. One that the
 * warehouse does not know is left out, with a warning; one that it only records is told, too.
 */
export function constraintFunctions(services: ConstraintServices): Callable[] {
  return [
    hostFunction('render_raw_columns_constraints', ['raw_columns'], (columns) => {
      if (!isDict(columns))
        return raise('TypeError', 'render_raw_columns_constraints() takes the columns of a model');
      return dictItems(columns).map((item) => {
        const [, column] = item as unknown as readonly [Value, Value];
        return renderColumn(services, column as Dict);
      });
    }),
    hostFunction('render_raw_model_constraints', ['raw_constraints'], (constraints) =>
      iterate(constraints!)
        .map((constraint) => renderModelConstraint(services, constraint as Dict))
        .filter((text): text is string => text !== null),
    ),
  ];
}

const text = (dict: Dict, key: string): string | null => {
  const value = dictGet(dict, key);
  return value === undefined || value === null || value === '' ? null : str(value);
};

/**
 * Whether the constraint is part of the table; what the warehouse does not keep is told unless the constraint says that
 * it is known. One that is written as SQL (`custom`) is the author's to judge.
 */
function supported({ facts, report }: ConstraintServices, kind: string, constraint: Dict): boolean {
  if (kind === 'custom') return true;
  const support = facts.constraints[kind as ConstraintKind] ?? 'not_supported';
  const warns = (key: string): boolean => dictGet(constraint, key) !== false;
  if (support === 'not_supported' && warns('warn_unsupported')) {
    report(constraintNotSupported(kind, facts.type));
  }
  if (support === 'not_enforced' && warns('warn_unenforced')) report(constraintNotEnforced(kind, facts.type));
  return support !== 'not_supported';
}

function renderColumn(services: ConstraintServices, column: Dict): string {
  const name = text(column, 'name') ?? '';
  const { facts } = services;
  const quoted = dictGet(column, 'quote') === true ? `${facts.quote}${name}${facts.quote}` : name;
  const constraints = iterate(dictGet(column, 'constraints') ?? [])
    .map((constraint) => renderColumnConstraint(services, constraint as Dict))
    .filter((rendered): rendered is string => rendered !== null);
  return [quoted, text(column, 'data_type') ?? '', ...constraints].join(' ').trimEnd();
}

function renderColumnConstraint(services: ConstraintServices, constraint: Dict): string | null {
  const kind = text(constraint, 'type') ?? '';
  const expression = text(constraint, 'expression');
  if (!supported(services, kind, constraint)) return null;
  const tail = expression === null ? '' : ` ${expression}`;
  switch (kind) {
    case 'check':
      return expression === null ? null : `check (${expression})`;
    case 'not_null':
      return `not null${tail}`;
    case 'unique':
      return `unique${tail}`;
    case 'primary_key':
      return `primary key${tail}`;
    case 'foreign_key':
      return foreignKey(services, constraint, expression);
    case 'custom':
      return expression;
    default:
      return null;
  }
}

function renderModelConstraint(services: ConstraintServices, constraint: Dict): string | null {
  const kind = text(constraint, 'type') ?? '';
  const expression = text(constraint, 'expression');
  if (!supported(services, kind, constraint)) return null;
  const name = text(constraint, 'name');
  const prefix = name === null ? '' : `constraint ${name} `;
  const columns = iterate(dictGet(constraint, 'columns') ?? [])
    .map(str)
    .join(', ');
  const tail = expression === null ? '' : ` ${expression}`;
  switch (kind) {
    case 'check':
      return expression === null ? null : `${prefix}check (${expression})`;
    case 'unique':
      return `${prefix}unique${tail} (${columns})`;
    case 'primary_key':
      return `${prefix}primary key${tail} (${columns})`;
    case 'foreign_key': {
      const target = foreignKey(services, constraint, expression);
      return target === null ? null : `${prefix}foreign key (${columns}) ${target}`;
    }
    case 'custom':
      return expression === null ? null : `${prefix}${expression}`;
    default:
      return null;
  }
}

function foreignKey(
  { facts }: ConstraintServices,
  constraint: Dict,
  expression: string | null,
): string | null {
  const given = text(constraint, 'to');
  const to = facts.foreignKeysNameDatabase || given === null ? given : withoutDatabase(given);
  const columns = iterate(dictGet(constraint, 'to_columns') ?? [])
    .map(str)
    .join(', ');
  if (to !== null && columns !== '') return `references ${to} (${columns})`;
  return expression === null ? null : `references ${expression}`;
}

/** `"schema"."table"` of a relation that is written with its database. */
const withoutDatabase = (relation: string): string =>
  /^(?:"(?:[^"]|"")*"|[^".]+)\.((?:"(?:[^"]|"")*"|[^".]+)\..+)$/.exec(relation)?.[1] ?? relation;
