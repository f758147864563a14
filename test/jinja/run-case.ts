import { positionAt } from '../../src/core/span.ts';
import { bindMacro, defineMacro } from '../../src/jinja/bind-macro.ts';
import { render, renderSync } from '../../src/jinja/driver.ts';
import { createEnvironment, dbtMacroPrefix, type Environment } from '../../src/jinja/environment.ts';
import { MacroReturn, TemplateError, TemplateSyntaxError } from '../../src/jinja/errors.ts';
import { pending } from '../../src/jinja/host.ts';
import { renderNative } from '../../src/jinja/native.ts';
import { equals, iterate } from '../../src/jinja/operations.ts';
import { parseJson } from '../../src/jinja/parse-json.ts';
import { parseTemplate, type Template } from '../../src/jinja/template.ts';
import { repr, str } from '../../src/jinja/text.ts';
import {
  Callable,
  callable,
  PyDict,
  tupleOf,
  typeName,
  Undefined,
  type Value,
} from '../../src/jinja/values.ts';

/** One case of a cases file; the head of `cases.json` describes the form. */
export interface Case {
  readonly name: string;
  readonly kind: 'text' | 'syntax' | 'capture' | 'native' | 'dbt';
  readonly template: string;
  readonly context: PyDict;
  readonly macros: ReadonlyMap<string, string>;
  readonly macrosIn: string | null;
  /** undefined where an error is expected. */
  readonly expected: Value | undefined;
  readonly expectedType: string | null;
  readonly effects: Value | null;
  readonly error: ExpectedError | null;
}

interface ExpectedError {
  readonly type: string;
  readonly message: string | null;
  readonly lines: readonly (readonly number[])[];
}

/** Reads a cases file, keeping the order of keys. */
export function readCases(text: string): readonly Case[] {
  const file = dictOf(parseJson(text));
  return iterate(file.get('cases')!).map((each) => readCase(dictOf(each)));
}

function readCase(fields: PyDict): Case {
  const error = fields.get('error');
  const macros = fields.get('macros');
  const context = fields.get('context');
  return {
    name: textOf(fields.get('name')),
    kind: textOf(fields.get('kind')) as Case['kind'],
    template: textOf(fields.get('template')),
    context: context === undefined ? new PyDict() : dictOf(context),
    macros: new Map((macros === undefined ? [] : dictOf(macros).entries()) as [string, string][]),
    macrosIn: (fields.get('macros_in') as string | undefined) ?? null,
    expected: fields.get('expected'),
    expectedType: (fields.get('expected_type') as string | undefined) ?? null,
    effects: fields.get('effects') ?? null,
    error: error === undefined ? null : readError(dictOf(error)),
  };
}

function readError(fields: PyDict): ExpectedError {
  const line = fields.get('line');
  const accepted = fields.get('line_accept');
  const stack = fields.get('lines');
  const lines =
    stack !== undefined
      ? iterate(stack).map((each) => [each as number])
      : line === undefined
        ? []
        : [(accepted === undefined ? [line] : iterate(accepted)) as number[]];
  const exact = fields.get('message_exact') !== false;
  return { type: textOf(fields.get('type')), message: exact ? textOf(fields.get('message')) : null, lines };
}

interface Outcome {
  readonly value: Value | undefined;
  readonly error: TemplateError | TemplateSyntaxError | null;
  /** What `log` was called with. */
  readonly effects: readonly Value[];
}

/**
 * Runs a case without waiting, with waiting allowed, and with every helper call waiting; tells how the outcome differs
 * from the expected one, null where it does not.
 */
export async function differenceOf(test: Case): Promise<string | null> {
  const parsed = (): Template => parseTemplate({ path: 'template', text: test.template });
  if (test.kind === 'native') {
    return compareOutcome(test, await outcomeOf(test, false, async (env) => renderNative(parsed(), env)));
  }
  return (
    compareOutcome(test, await outcomeOf(test, false, async (env) => renderSync(parsed(), env))) ??
    compareOutcome(test, await outcomeOf(test, false, async (env) => render(parsed(), env))) ??
    compareOutcome(test, await outcomeOf(test, true, async (env) => render(parsed(), env)))
  );
}

async function outcomeOf(
  test: Case,
  waiting: boolean,
  run: (env: Environment) => Promise<Value>,
): Promise<Outcome> {
  const effects: Value[] = [];
  try {
    return { value: await run(environmentOf(test, effects, waiting)), error: null, effects };
  } catch (thrown) {
    if (thrown instanceof TemplateError || thrown instanceof TemplateSyntaxError) {
      return { value: undefined, error: thrown, effects };
    }
    throw thrown;
  }
}

function environmentOf(test: Case, effects: Value[], waiting: boolean): Environment {
  const names = helpers(effects);
  for (const [name, value] of test.context.entries()) names.set(String(name), value);
  const env = createEnvironment({
    undefinedPolicy: test.kind === 'capture' ? 'parse' : 'execute',
    names,
    inlineMacroPrefix: test.kind === 'dbt' ? dbtMacroPrefix : '',
  });
  if (test.kind === 'dbt')
    names.set(
      'return',
      callable('return', ([value = null]) => throwReturn(value)),
    );
  if (waiting) {
    for (const [name, value] of names) if (value instanceof Callable) names.set(name, waitingCallable(value));
  }
  const macros = new PyDict();
  for (const [name, text] of test.macros) {
    macros.set(name, bindMacro(defineMacro(parseTemplate({ path: `macros/${name}.sql`, text })), env));
  }
  if (test.macrosIn !== null) names.set(test.macrosIn, macros);
  else for (const [name, macro] of macros.entries()) names.set(String(name), macro);
  return env;
}

function waitingCallable(called: Callable): Callable {
  return callable(called.name, (args, kwargs) => pending(async () => called.call(args, kwargs) as Value));
}

function throwReturn(value: Value): never {
  throw new MacroReturn(value);
}

function helpers(effects: Value[]): Map<string, Value> {
  return new Map<string, Value>([
    [
      'echo',
      callable('echo', (args, kwargs) => {
        return `args=${repr(tupleOf(args))} kwargs=${repr(PyDict.fromEntries(kwargs ?? []))}`;
      }),
    ],
    [
      'log',
      callable('log', ([message = null]) => {
        effects.push(str(message));
        return '';
      }),
    ],
    ['mk', callable('mk', ([x = null]) => callable('inner', ([y = null]) => str(x) + str(y)))],
    ['ns', callable('ns', (_args, kwargs) => PyDict.fromEntries(kwargs ?? []))],
  ]);
}

function compareOutcome(test: Case, { value, error, effects }: Outcome): string | null {
  if (test.error !== null) return compareError(test.error, value, error);
  if (error !== null) return `${error.type}: ${error.message}`;
  if (test.effects !== null && !equals(test.effects, [...effects])) {
    return `expected effects ${repr(test.effects)}, got ${repr([...effects])}`;
  }
  if (value instanceof Undefined && test.expectedType === 'Undefined') return null;
  if (!equals(value!, test.expected!)) return `expected ${repr(test.expected!)}, got ${repr(value!)}`;
  const type = typeName(value!);
  if (test.expectedType !== null && type !== test.expectedType)
    return `expected a ${test.expectedType}, got a ${type}`;
  return null;
}

function compareError(
  expected: ExpectedError,
  value: Value | undefined,
  error: TemplateError | TemplateSyntaxError | null,
): string | null {
  if (error === null) return `expected a ${expected.type}, got ${repr(value!)}`;
  if (error.type !== expected.type) return `expected a ${expected.type}, got ${error.type}: ${error.message}`;
  if (expected.message !== null && error.message !== expected.message) {
    return `expected the message ${repr(expected.message)}, got ${repr(error.message)}`;
  }
  const spans = error instanceof TemplateError ? error.frames.map((frame) => frame.span) : [error.span];
  const lines = spans.map((span) => positionAt(span.text, span.start).line);
  const fits = expected.lines.every((accepted, index) => accepted.includes(lines[index]!));
  return fits ? null : `expected the error in lines ${expected.lines.join(', ')}, got ${lines.join(', ')}`;
}

function dictOf(value: Value): PyDict {
  if (!(value instanceof PyDict)) throw new Error(`expected an object, got ${repr(value)}`);
  return value;
}

function textOf(value: Value | undefined): string {
  if (typeof value !== 'string') throw new Error('expected a text');
  return value;
}
