import type { Diagnostics } from '../../core/diagnostic.ts';
import { nearestName } from '../../core/nearest.ts';
import type { Span } from '../../core/span.ts';
import { PyFloat } from '../../jinja/values.ts';
import { isRecord, type PlainRecord } from '../record.ts';
import { keyNotAllowed, propertyMovedToConfig, propertyType, unknownKey } from './errors.ts';

export type PropertyType =
  | 'text'
  | 'text?'
  | 'text|texts?'
  | 'text|record'
  | 'text|record?'
  | 'scalar?'
  | 'integer?'
  | 'number?'
  | 'boolean'
  | 'boolean?'
  | 'record'
  | 'record?'
  | 'list'
  | 'list?'
  | 'texts'
  | 'texts?'
  | 'any';

/** Keys of a mapping and what their values must be. */
export type Shape = Readonly<Record<string, PropertyType>>;

export type KeySet = Pick<ReadonlySet<string>, 'has'>;

export interface ShapeContext {
  /** What errors call the mapping: `model 'orders'`. */
  readonly label: string;
  readonly found: Diagnostics;
  place(key: string, what: 'key' | 'value'): Span;
  /** Keys that belong under `config:`. */
  readonly configKeys?: KeySet;
  /** Unknown keys are told only where they look like a mistyped one: the mapping is published with them. */
  readonly open?: boolean;
  /** Unknown keys are errors, as dbt has it for everything but nodes, their columns, macros and functions. */
  readonly closed?: boolean;
}

/** Whether there is nothing to tell of a mapping. */
export function fitsShape(data: PlainRecord, shape: Shape): boolean {
  for (const key of Object.keys(data)) {
    const type = shape[key];
    if (type === undefined || !fits(type, data[key])) return false;
  }
  return true;
}

/** Tells every value of a wrong type (an error) and every unknown key (a warning); true where no value is wrong. */
export function checkShape(data: PlainRecord, shape: Shape, context: ShapeContext): boolean {
  let good = true;
  for (const [key, value] of Object.entries(data)) {
    const type = shape[key];
    if (type === undefined) {
      tellUnknown(key, shape, context);
      good &&= context.closed !== true;
    } else if (!fits(type, value)) {
      good = false;
      context.found.add(
        propertyType(context.label, key, described[type], value, context.place(key, 'value')),
      );
    }
  }
  return good;
}

function tellUnknown(
  key: string,
  shape: Shape,
  { label, found, place, configKeys, open, closed }: ShapeContext,
): void {
  const known = Object.keys(shape);
  if (closed === true) found.add(keyNotAllowed(label, key, place(key, 'key'), known));
  else if (configKeys?.has(key) === true) found.add(propertyMovedToConfig(label, key, place(key, 'key')));
  else if (open !== true || nearestName(key, known) !== null)
    found.add(unknownKey(label, key, place(key, 'key'), known));
}

const described: Readonly<Record<PropertyType, string>> = {
  text: 'a text',
  'text?': 'a text',
  'text|texts?': 'a text or a list of texts',
  'text|record': 'a text or a mapping',
  'text|record?': 'a text or a mapping',
  'scalar?': 'a text, a whole number, or true or false',
  'integer?': 'a whole number',
  'number?': 'a number',
  boolean: 'true or false',
  'boolean?': 'true or false',
  record: 'a mapping',
  'record?': 'a mapping',
  list: 'a list',
  'list?': 'a list',
  texts: 'a list of texts',
  'texts?': 'a list of texts',
  any: 'anything',
};

function fits(type: PropertyType, value: unknown): boolean {
  if (value === null) return type.endsWith('?') || type === 'any';
  switch (type) {
    case 'text':
    case 'text?':
      return typeof value === 'string';
    case 'text|texts?':
      return typeof value === 'string' || isTexts(value);
    case 'text|record':
    case 'text|record?':
      return typeof value === 'string' || isRecord(value);
    case 'scalar?':
      return typeof value === 'string' || typeof value === 'boolean' || Number.isInteger(value);
    case 'integer?':
      return Number.isInteger(value);
    case 'number?':
      return typeof value === 'number' || value instanceof PyFloat;
    case 'boolean':
    case 'boolean?':
      return typeof value === 'boolean';
    case 'record':
    case 'record?':
      return isRecord(value);
    case 'list':
    case 'list?':
      return Array.isArray(value);
    case 'texts':
    case 'texts?':
      return isTexts(value);
    case 'any':
      return true;
  }
}

const isTexts = (value: unknown): boolean =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

const describedKeys = {
  name: 'text',
  description: 'text',
  meta: 'record',
  data_type: 'text?',
  constraints: 'list',
  docs: 'record',
  config: 'record',
} satisfies Shape;

/** Of `docs`. */
export const docsShape: Shape = { show: 'boolean', node_color: 'text?' };

export const columnShape: Shape = {
  ...describedKeys,
  data_tests: 'list',
  tests: 'list',
  quote: 'boolean?',
  tags: 'texts',
  granularity: 'text?',
};

/** Seeds and snapshots. */
export const nodeShape: Shape = {
  ...describedKeys,
  columns: 'list',
  data_tests: 'list',
  tests: 'list',
  quote_columns: 'boolean?',
  access: 'text?',
  group: 'text?',
  contract: 'record?',
};

export const snapshotShape: Shape = { ...nodeShape, relation: 'text' };

export const modelShape: Shape = {
  ...nodeShape,
  latest_version: 'any',
  versions: 'list',
  deprecation_date: 'any',
  time_spine: 'record?',
};

export const versionShape: Shape = {
  v: 'any',
  defined_in: 'text?',
  description: 'text',
  access: 'text?',
  config: 'record',
  constraints: 'list',
  docs: 'record',
  data_tests: 'list?',
  tests: 'list?',
  columns: 'list',
  deprecation_date: 'any',
};

export const analysisShape: Shape = {
  ...describedKeys,
  columns: 'list',
  access: 'text?',
  group: 'text?',
  contract: 'record?',
};

export const singularTestShape: Shape = { ...describedKeys };

export const macroShape: Shape = { ...describedKeys, arguments: 'list' };

export const macroArgumentShape: Shape = { name: 'text', type: 'text?', description: 'text' };

const freshnessKeys = {
  freshness: 'record?',
  loaded_at_field: 'text?',
  loaded_at_query: 'text?',
} satisfies Shape;

export const tableShape: Shape = {
  ...describedKeys,
  ...freshnessKeys,
  data_tests: 'list',
  tests: 'list',
  columns: 'list',
  identifier: 'text?',
  quoting: 'record',
  external: 'record?',
  tags: 'texts',
};

export const sourceShape: Shape = {
  name: 'text',
  description: 'text',
  meta: 'record',
  database: 'text?',
  schema: 'text?',
  loader: 'text',
  quoting: 'record',
  ...freshnessKeys,
  tables: 'list',
  tags: 'texts',
  config: 'record',
};

/** A source that overrides a package's: everything in it may be left out. */
export const sourcePatchShape: Shape = {
  ...sourceShape,
  overrides: 'text',
  description: 'text?',
  meta: 'record?',
  loader: 'text?',
  quoting: 'record?',
  tables: 'list?',
  tags: 'texts?',
};

export const exposureShape: Shape = {
  name: 'text',
  type: 'text',
  owner: 'record',
  description: 'text',
  label: 'text?',
  maturity: 'text?',
  meta: 'record',
  tags: 'texts',
  url: 'text?',
  depends_on: 'texts',
  config: 'record',
};

export const groupShape: Shape = { name: 'text', owner: 'record', description: 'text?', config: 'record' };

export const functionShape: Shape = {
  ...describedKeys,
  columns: 'list',
  access: 'text?',
  group: 'text?',
  contract: 'record?',
  arguments: 'list',
  returns: 'record',
};

export const functionArgumentShape: Shape = {
  name: 'text',
  data_type: 'text',
  description: 'text?',
  default_value: 'any',
};

export const functionReturnsShape: Shape = { data_type: 'text', description: 'text?' };
