import { type Diagnostic, DiagnosticError } from '../core/diagnostic.ts';
import type { Span } from '../core/span.ts';
import type { Environment } from '../jinja/environment.ts';
import { str } from '../jinja/text.ts';
import type { Value } from '../jinja/values.ts';
import {
  argumentsProperty,
  missingArgumentsProperty,
  propertyMovedToConfig,
  testInvalid,
} from './properties/errors.ts';
import { renderValue } from './properties/render-values.ts';
import { isRecord, type PlainRecord } from './record.ts';
import { testNames } from './test-names.ts';

/** What a generic test is written on. */
export interface TestTarget {
  readonly kind: 'node' | 'source';
  /** In the test's name: the node's, with `_v2` for a version; `<source>_<table>` for sources. */
  readonly nameInTest: string;
  /** In messages. */
  readonly name: string;
  readonly packageName: string;
  /** Of the properties file. */
  readonly path: string;
  /** The argument of `get_where_subquery`: `ref('orders')`. */
  readonly expression: string;
}

/** A generic test as its definition says, before it is a node. */
export interface TestDefinition {
  readonly name: string;
  /** The package in front of the dot; null where there is none. */
  readonly namespace: string | null;
  /** Everything the macro is called with, as written; `model` last. */
  readonly args: PlainRecord;
  /** Configuration of the definition, rendered. */
  readonly config: PlainRecord;
  readonly description: string;
  /** Name of the node. */
  readonly fullName: string;
  /** Name of its file. */
  readonly shortName: string;
}

export interface DefinitionContext {
  readonly target: TestTarget;
  readonly columnName: string | null;
  readonly environment: Environment;
  /** dbt's flag `require_generic_test_arguments_property`. */
  readonly argumentsProperty: boolean;
  readonly place: () => Span;
  readonly warn: (diagnostic: Diagnostic) => void;
}

/** Configuration that may stand among a test's arguments. */
const configArguments = [
  'severity',
  'tags',
  'enabled',
  'where',
  'limit',
  'warn_if',
  'error_if',
  'fail_calc',
  'store_failures',
  'store_failures_as',
  'meta',
  'database',
  'schema',
  'alias',
];
const notArguments: ReadonlySet<string> = new Set([
  'config',
  'column_name',
  'description',
  'name',
  ...configArguments,
]);

const namePattern = /^(?:([a-zA-Z_][0-9a-zA-Z_]*)\.)?([a-zA-Z_][0-9a-zA-Z_]*)/;

/** Reads one item of a `tests` list in any of its spellings. Throws a diagnostic where it makes no sense. */
export function readTestDefinition(item: unknown, context: DefinitionContext): TestDefinition {
  const { target } = context;
  const refuse = (problem: string): never => {
    throw new DiagnosticError(testInvalid(`'${target.name}' in ${target.path}`, problem, context.place()));
  };
  const [written, given] = nameAndArguments(item, refuse);
  const args = { ...given };
  if (context.columnName !== null) args['column_name'] = context.columnName;
  unnestArguments(written, args, context);
  if ('model' in args) refuse("tests cannot have an argument 'model': it is what they are written on");
  args['model'] = `{{ get_where_subquery(${target.expression}) }}`;
  const match = namePattern.exec(written) ?? refuse(`'${written}' is no name of a test`);
  const namespace = match[1] ?? null;
  const name = match[2]!;
  const config = takeConfig(args, context, refuse);
  const description = typeof args['description'] === 'string' ? args['description'] : '';
  delete args['description'];
  if (Object.hasOwn(args, 'name')) {
    const fullName = str(args['name'] as Value);
    delete args['name'];
    return { name, namespace, args, config, description, fullName, shortName: fullName };
  }
  const kind = `${namespace === null ? '' : `${namespace}_`}${target.kind === 'source' ? 'source_' : ''}${name}`;
  const { full, short } = testNames(kind, target.nameInTest, args);
  if (short !== full && !Object.hasOwn(config, 'alias')) config['alias'] = short;
  return { name, namespace, args, config, description, fullName: full, shortName: short };
}

/** `unique`, `{unique: {...}}`, or `{test_name: unique, ...}`. */
function nameAndArguments(
  item: unknown,
  refuse: (problem: string) => never,
): readonly [name: string, args: Record<string, unknown>] {
  if (typeof item === 'string') return [item, {}];
  if (!isRecord(item)) return refuse('a test must be a name or a mapping');
  if (Object.hasOwn(item, 'test_name')) {
    const { test_name: name, ...args } = item;
    return typeof name === 'string' ? [name, args] : refuse('test_name must be a text');
  }
  const [entry, ...others] = Object.entries(item);
  if (entry === undefined || others.length > 0) {
    return refuse(
      `a test is a mapping with one key, its name; this has ${others.length + (entry === undefined ? 0 : 1)}`,
    );
  }
  const [name, args] = entry;
  if (!isRecord(args)) return refuse(`the arguments of test '${name}' must be a mapping`);
  return [name, { ...args }];
}

/** Lays `arguments:` over what stands at the top level, and tells what the project should write otherwise. */
function unnestArguments(name: string, args: Record<string, unknown>, context: DefinitionContext): void {
  const { target, warn, place } = context;
  if (!context.argumentsProperty) {
    if (Object.hasOwn(args, 'arguments')) warn(argumentsProperty(name, place()));
    return;
  }
  const nested = args['arguments'];
  delete args['arguments'];
  for (const key of Object.keys(args)) {
    if (configArguments.includes(key)) warn(propertyMovedToConfig(`test '${name}'`, key, place()));
  }
  const empty = !isRecord(nested) || Object.keys(nested).length === 0;
  if (empty && Object.keys(args).some((key) => !notArguments.has(key))) {
    warn(missingArgumentsProperty(name, target.name, target.packageName, place()));
  }
  if (isRecord(nested)) Object.assign(args, nested);
}

/** Takes the configuration out of the arguments: known keys first, in dbt's order, then the rest of `config`. */
function takeConfig(
  args: Record<string, unknown>,
  { environment, target }: DefinitionContext,
  refuse: (problem: string) => never,
): Record<string, unknown> {
  const nested = args['config'];
  if (nested !== undefined && !isRecord(nested)) refuse("'config' must be a mapping");
  const rest: Record<string, unknown> = isRecord(nested) ? { ...nested } : {};
  const out: Record<string, unknown> = {};
  const put = (key: string, value: unknown): void => {
    const template = typeof value === 'string' && /\{[{%#]/.test(value);
    const rendered = template ? renderValue(value, target.path, environment) : value;
    if (rendered !== null && rendered !== undefined) out[key] = rendered;
  };
  for (const key of configArguments) {
    const value = args[key];
    delete args[key];
    const given = value !== undefined && value !== null && value !== false && value !== '';
    if (given && Object.hasOwn(rest, key)) refuse(`'${key}' stands both beside and in 'config'`);
    put(key, given ? value : (rest[key] ?? value));
    delete rest[key];
  }
  delete args['config'];
  for (const [key, value] of Object.entries(rest)) put(key, value);
  return out;
}

/** The text that runs a generic test: a call of its macro with its arguments, then its configuration. */
export function testCode({ name, namespace, config }: TestDefinition): string {
  const macro = namespace === null ? `test_${name}` : `${namespace}.test_${name}`;
  const settings = Object.entries(config).map(([key, value]) => {
    const literal = typeof value === 'string' ? `"${value.replaceAll('"', '\\"')}"` : str(value as Value);
    return `${key}=${literal}`;
  });
  const call = `{{ ${macro}(**${testArgumentsName}) }}`;
  return settings.length === 0 ? call : `${call}{{ config(${settings.join(',')}) }}`;
}

/** The name under which a generic test's text finds its arguments. */
export const testArgumentsName = '_dbt_generic_test_kwargs';
