import type { Expression } from './ast.ts';
import { operandsOf } from './children.ts';
import { evaluateTemplate, valueAsync, valueSync } from './driver.ts';
import type { Environment } from './environment.ts';
import type { Filter } from './filters/filter.ts';
import { HOST, type HostType, type Pending } from './host.ts';
import { literalEval } from './literal.ts';
import { isNumber } from './numbers.ts';
import { raise } from './py-error.ts';
import type { Template } from './template.ts';
import { reprText, str } from './text.ts';
import type { Value } from './values.ts';

/**
 * Renders a value of a YAML file as dbt does: one expression alone keeps its type, anything else becomes text. An
 * expression without names and calls is text as well, because Jinja2 folds it into the template. `as_number`,
 * `as_bool` and `as_native` read text as a Python literal, `as_text` keeps it from being read.
 */
export function renderNative(template: Template, env: Environment): Value {
  return valueSync(evaluateNative(template, env));
}

/** The same where a call may have to wait for the warehouse. */
export function renderNativeAsync(template: Template, env: Environment): Promise<Value> {
  return valueAsync(evaluateNative(template, env));
}

function evaluateNative(template: Template, env: Environment): Value | Pending {
  const pieces: Value[] = [];
  const native: Environment = { ...env, filters: withMarkers(env.filters) };
  return evaluateTemplate(template, native, () => join(pieces), {
    prepare: (frame) => {
      frame.sink = (value, expression) => pieces.push(piece(value, expression));
    },
  });
}

function piece(value: Value, expression: Expression | null): Value {
  if (expression === null || isMarked(value) || !isConstant(expression)) return value;
  return str(value);
}

function join(pieces: readonly Value[]): Value {
  const [only] = pieces;
  if (only === undefined) return '';
  if (pieces.length > 1) return pieces.map(str).join('');
  return isMarked(only) ? convert(only) : only;
}

type Kind = 'text' | 'native' | 'bool' | 'number';

/** A text that says how it wants to be read, if it is all that a value renders to. */
class Marked {
  readonly text: string;
  readonly kind: Kind;

  constructor(text: string, kind: Kind) {
    this.text = text;
    this.kind = kind;
  }

  get [HOST](): HostType<Marked> {
    return markedType;
  }
}

const markedType: HostType<Marked> = {
  typeName: 'str',
  str: (marked) => marked.text,
  repr: (marked) => reprText(marked.text),
  truth: (marked) => marked.text !== '',
  equals: (marked, other) => marked.text === str(other),
  hashKey: (marked) => marked.text,
};

const marker =
  (kind: Kind): Filter =>
  (_env, [value = null]) =>
    new Marked(str(value), kind);

const markers: ReadonlyMap<string, Filter> = new Map([
  ['as_text', marker('text')],
  ['as_native', marker('native')],
  ['as_bool', marker('bool')],
  ['as_number', marker('number')],
]);

const marked = new WeakMap<ReadonlyMap<string, Filter>, ReadonlyMap<string, Filter>>();

/** The filters with those that only YAML values know; made once for each set of filters. */
function withMarkers(filters: ReadonlyMap<string, Filter>): ReadonlyMap<string, Filter> {
  let all = marked.get(filters);
  if (all === undefined) {
    all = new Map([...filters, ...markers]);
    marked.set(filters, all);
  }
  return all;
}

function isMarked(value: Value): value is Marked & Value {
  return value instanceof Marked;
}

function convert({ text, kind }: Marked): Value {
  if (kind === 'text') return text;
  const literal = literalEval(text);
  const value = literal === undefined ? text : literal;
  const fits =
    kind === 'native' ||
    (kind === 'bool' ? typeof value === 'boolean' : isNumber(value) && typeof value !== 'boolean');
  if (!fits) raise('JinjaRenderingError', `Could not convert value '${text}' into type '${kind}'`);
  return value;
}

/** Filters that read the context, or chance: Jinja2 does not fold them. */
const contextFilters: ReadonlySet<string> = new Set([
  'map',
  'select',
  'reject',
  'selectattr',
  'rejectattr',
  'random',
]);

/** Whether Jinja2 computes an expression while it compiles. */
function isConstant(node: Expression): boolean {
  if (node.kind === 'name' || node.kind === 'call') return false;
  if (node.kind === 'filter' && contextFilters.has(node.name)) return false;
  return operandsOf(node).every(isConstant);
}
