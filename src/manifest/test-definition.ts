import { fromPlain } from '../context/plain.ts';
import { type Diagnostic, DiagnosticError } from '../core/diagnostic.ts';
import type { Span } from '../core/span.ts';
import type { Environment } from '../jinja/environment.ts';
import { TemplateError, TemplateSyntaxError, toDiagnostic } from '../jinja/errors.ts';
import { truth } from '../jinja/operations.ts';
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
const configArguments: readonly string[] = [
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
/** What stands beside a test's arguments. */
const besideArguments: ReadonlySet<string> = new Set(['config', 'description', 'name', ...configArguments]);

const namePattern = /^(?:([a-zA-Z_][0-9a-zA-Z_]*)\.)?([a-zA-Z_][0-9a-zA-Z_]*)/;

/** Reads one item of a `tests` list in any of its spellings. Throws a diagnostic where it makes no sense. */
export function readTestDefinition(item: unknown, context: DefinitionContext): TestDefinition {
  const { target } = context;
  const refuse = (problem: string): never => {
    throw new DiagnosticError(testInvalid(`'${target.name}' in ${target.path}`, problem, context.place()));
  };
  const [written, beside] = nameAndArguments(item, refuse);
  const given = unnestArguments(written, beside, context);
  if ('model' in given) refuse("tests cannot have an argument 'model': it is what they are written on");
  const match = namePattern.exec(written) ?? refuse(`'${written}' is no name of a test`);
  const namespace = match[1] ?? null;
  const name = match[2]!;
  const config = readConfig(given, context, refuse);
  const description = typeof given['description'] === 'string' ? given['description'] : '';
  const args: Record<string, unknown> = {};
  for (const key of Object.keys(given)) if (!besideArguments.has(key)) args[key] = given[key];
  args['model'] = `{{ get_where_subquery(${target.expression}) }}`;
  if (Object.hasOwn(given, 'name')) {
    const fullName = str(given['name'] as Value);
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
): readonly [name: string, args: PlainRecord] {
  if (typeof item === 'string') return [item, noArguments];
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
  return [name, args];
}

const noArguments: PlainRecord = Object.freeze({});

/** Lays `arguments:` over what stands beside it, and tells what the project should write otherwise. */
function unnestArguments(name: string, beside: PlainRecord, context: DefinitionContext): PlainRecord {
  const { target, columnName, argumentsProperty: unnests, warn, place } = context;
  const args: Record<string, unknown> = {};
  for (const key of Object.keys(beside)) if (!unnests || key !== 'arguments') args[key] = beside[key];
  if (columnName !== null) args['column_name'] = columnName;
  if (beside === noArguments) return args;
  const nested = beside['arguments'];
  if (!unnests) {
    if (Object.hasOwn(beside, 'arguments')) warn(argumentsProperty(name, str(fromPlain(nested)), place()));
    return args;
  }
  for (const key of Object.keys(args)) {
    if (configArguments.includes(key)) warn(propertyMovedToConfig(`test '${name}'`, key, place()));
  }
  const empty = !isRecord(nested) || Object.keys(nested).length === 0;
  if (empty && Object.keys(args).some((key) => key !== 'column_name' && !besideArguments.has(key))) {
    warn(missingArgumentsProperty(name, target.name, target.packageName, place()));
  }
  return isRecord(nested) ? Object.assign(args, nested) : args;
}

/** The configuration that stands among the arguments: known keys first, in dbt's order, then the rest of `config`. */
function readConfig(
  args: PlainRecord,
  context: DefinitionContext,
  refuse: (problem: string) => never,
): Record<string, unknown> {
  const written = args['config'];
  if (written !== undefined && !isRecord(written)) refuse("'config' must be a mapping");
  const nested: PlainRecord = isRecord(written) ? written : noArguments;
  const out: Record<string, unknown> = {};
  if (nested === noArguments && !Object.keys(args).some((key) => configArguments.includes(key))) return out;
  const put = (key: string, value: unknown): void => {
    const rendered = typeof value === 'string' ? renderSetting(value, context) : value;
    if (typeof value === 'string' && rendered === undefined)
      refuse(`'${key}' is ${value}, which is undefined`);
    if (rendered !== null && rendered !== undefined) out[key] = rendered;
  };
  for (const key of configArguments) {
    const value = args[key];
    const isTrue = value !== undefined && truth(value as Value);
    if (isTrue && Object.hasOwn(nested, key)) refuse(`'${key}' stands both beside and in 'config'`);
    // Beside a `config`, dbt passes over what Python takes for false, whatever that says.
    put(key, isTrue || nested === noArguments ? value : nested[key]);
  }
  for (const key of Object.keys(nested)) if (!configArguments.includes(key)) put(key, nested[key]);
  return out;
}

function renderSetting(text: string, { environment, target, place }: DefinitionContext): unknown {
  try {
    return renderValue(text, target.path, environment);
  } catch (thrown) {
    if (!(thrown instanceof TemplateError || thrown instanceof TemplateSyntaxError)) throw thrown;
    throw new DiagnosticError({ ...toDiagnostic(thrown), span: place() });
  }
}

/** The text that runs a generic test: a call of its macro with its arguments, then its configuration. */
export function testCode({ name, namespace, config }: TestDefinition): string {
  const macro = namespace === null ? `test_${name}` : `${namespace}.test_${name}`;
  const call = `{{ ${macro}(**${testArgumentsName}) }}`;
  const settings = Object.entries(config).map(([key, value]) => {
    const literal = typeof value === 'string' ? `"${value.replaceAll('"', '\\"')}"` : str(value as Value);
    return `${key}=${literal}`;
  });
  return settings.length === 0 ? call : `${call}{{ config(${settings.join(',')}) }}`;
}

/** The name under which a generic test's text finds its arguments. */
export const testArgumentsName = '_dbt_generic_test_kwargs';
