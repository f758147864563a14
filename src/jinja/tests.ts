import { bindArguments, signature } from './arguments.ts';
import { modulo } from './arithmetic.ts';
import type { Environment } from './environment.ts';
import type { Kwargs, Parameter } from './host.ts';
import { isLower, isUpper } from './methods/text-case.ts';
import { isFloat, isNumber } from './numbers.ts';
import { type Comparison, compare, contains, equals, iterableItems, lengthOrNull } from './operations.ts';
import { PyError } from './py-error.ts';
import { str } from './text.ts';
import {
  Callable,
  DictView,
  hostTypeOf,
  isDict,
  isText,
  Markup,
  PyFloat,
  PyIterator,
  PySet,
  Undefined,
  type Value,
} from './values.ts';

/** What stands behind `is`; the first argument is the tested value. */
export type Test = (env: Environment, args: readonly Value[], kwargs: Kwargs | null) => boolean;

function test(
  name: string,
  parameters: readonly Parameter[],
  run: (value: Value, other: Value, env: Environment) => boolean,
): [string, Test] {
  const target = signature(name, ['value', ...parameters]);
  return [
    name,
    (env, args, kwargs) => {
      const [value, other] = bindArguments(target, args, kwargs);
      return run(value!, other ?? null, env);
    },
  ];
}

const simple = (name: string, run: (value: Value) => boolean): [string, Test] => test(name, [], run);

function comparison(
  names: readonly string[],
  run: (value: Value, other: Value) => boolean,
): [string, Test][] {
  return names.map((name) => test(name, ['other'], run));
}

const ordered = (operator: Comparison) => (value: Value, other: Value) => compare(operator, value, other);

function isSequence(value: Value): boolean {
  if (value instanceof PyIterator) return false;
  if (value instanceof PySet || value instanceof DictView || !hasLength(value)) return false;
  const host = hostTypeOf(value);
  return host === undefined || host.item !== undefined;
}

/** As Jinja2 asks: what fails when its length is asked for, whatever the error, has none. */
function hasLength(value: Value): boolean {
  try {
    return lengthOrNull(value) !== null;
  } catch (thrown) {
    if (thrown instanceof PyError) return false;
    throw thrown;
  }
}

function isSame(value: Value, other: Value): boolean {
  if (value instanceof PyFloat && other instanceof PyFloat) return Object.is(value.value, other.value);
  return value === other;
}

/** The tests of Jinja2 3.1, by name. */
export const tests: ReadonlyMap<string, Test> = new Map([
  simple('defined', (value) => !(value instanceof Undefined)),
  simple('undefined', (value) => value instanceof Undefined),
  simple('none', (value) => value === null),
  simple('boolean', (value) => typeof value === 'boolean'),
  simple('true', (value) => value === true),
  simple('false', (value) => value === false),
  simple('integer', (value) => isNumber(value) && typeof value !== 'boolean' && !isFloat(value)),
  simple('float', isFloat),
  simple('number', (value) => isNumber(value) || hostTypeOf(value)?.toFloat !== undefined),
  simple('string', isText),
  simple('mapping', (value) => isDict(value) || hostTypeOf(value)?.isMapping === true),
  simple('sequence', isSequence),
  simple('iterable', (value) => iterableItems(value) !== null),
  simple(
    'callable',
    (value) =>
      value instanceof Callable || value instanceof Undefined || hostTypeOf(value)?.call !== undefined,
  ),
  simple('escaped', (value) => value instanceof Markup),
  simple('lower', (value) => isLower(str(value))),
  simple('upper', (value) => isUpper(str(value))),
  simple('odd', (value) => equals(modulo(value, 2), 1)),
  simple('even', (value) => equals(modulo(value, 2), 0)),
  test('divisibleby', ['num'], (value, divisor) => equals(modulo(value, divisor), 0)),
  test('in', ['seq'], (value, container) => contains(container, value)),
  test('sameas', ['other'], isSame),
  test('filter', [], (value, _, env) => isText(value) && env.filters.has(str(value))),
  test('test', [], (value, _, env) => isText(value) && env.tests.has(str(value))),
  ...comparison(['eq', '==', 'equalto'], equals),
  ...comparison(['ne', '!='], (value, other) => !equals(value, other)),
  ...comparison(['lt', '<', 'lessthan'], ordered('<')),
  ...comparison(['le', '<='], ordered('<=')),
  ...comparison(['gt', '>', 'greaterthan'], ordered('>')),
  ...comparison(['ge', '>='], ordered('>=')),
]);
