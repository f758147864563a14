import { didYouMean } from '../core/nearest.ts';
import { Callable } from './callable.ts';
import { DictView, type PlainDict, PyDict, PySet } from './dict.ts';
import { HASH, type HashKey, numberKey, textKey } from './hash-key.ts';
import { HOST, type HostObject, type HostType } from './host.ts';
import { jsonLoss } from './json-loss.ts';
import { raise } from './py-error.ts';
import { PyRange, PyTuple } from './sequences.ts';

// The classes that fill a screen live beside this file; every other file takes its values from here.
export { Callable, callable, hostFunction } from './callable.ts';
export { type Dict, DictView, isDict, isPlainDict, type PlainDict, PyDict, PySet } from './dict.ts';
export { Group, iteratorOf, PyIterator, PyRange, PyTuple, tuple, tupleOf } from './sequences.ts';

/**
 * A Python value. `number` with an integral value within 2^53 is an int, `bigint` an int beyond it, any other
 * `number` a float; None is null; a list is an Array. JavaScript's undefined is no value: it says "nothing found".
 */
export type Value =
  | string
  | number
  | bigint
  | boolean
  | null
  | PyFloat
  | Markup
  | Value[]
  | PyRange
  | PyDict
  | PySet
  | DictView
  | Namespace
  | Undefined
  | Callable
  | HostObject
  | PlainDict;

/** A float with an integral value, which a JavaScript number cannot tell from an int. Made by `makeFloat`. */
export class PyFloat {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }

  /** For `JSON.stringify`, which drops the point. */
  toJSON(): number {
    jsonLoss.met = true;
    return this.value;
  }

  [HASH](): HashKey {
    return numberKey(this.value === 0 ? 0 : this.value);
  }
}

/** The Python float of a number. */
export function makeFloat(value: number): number | PyFloat {
  return Number.isInteger(value) ? new PyFloat(value) : value;
}

/** Text that counts as safe HTML: a str in every other way. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  [HASH](): HashKey {
    return textKey(this.text);
  }
}

/** What `namespace()` returns: attributes that templates may set. */
export class Namespace {
  readonly attributes: PyDict;

  constructor(attributes: PyDict = new PyDict()) {
    this.attributes = attributes;
  }

  [HASH](): HashKey {
    return this;
  }
}

/**
 * A name, attribute or item that was not found. It prints empty, iterates empty and is false; anything else fails
 * with its message. The lenient kind, of the parse phase, lets itself be read from and called.
 */
export class Undefined {
  /** Changes when an attribute of a lenient one is read, as dbt's does: `(x.y, x).name` is 'y'. */
  name: string | null;
  readonly hint: string | null;
  readonly lenient: boolean;
  /** Type of the error that its use raises: `SecurityError` where the sandbox refused the access. */
  readonly errorType: string;
  /** Names that would have been found, for `did you mean`. */
  readonly known: (() => Iterable<string>) | null;

  constructor(
    name: string | null,
    hint: string | null = null,
    lenient = false,
    errorType = 'UndefinedError',
    known: (() => Iterable<string>) | null = null,
  ) {
    this.name = name;
    this.hint = hint;
    this.lenient = lenient;
    this.errorType = errorType;
    this.known = known;
  }

  get message(): string {
    return this.hint ?? `'${this.name ?? 'None'}' is undefined`;
  }

  fail(): never {
    const hint = this.name === null || this.known === null ? null : didYouMean(this.name, this.known());
    raise(this.errorType, this.message, hint);
  }

  /** All undefined values are equal, so they are one key. */
  [HASH](): HashKey {
    return undefinedKey;
  }
}

const undefinedKey = Symbol('undefined');

/** The declaration of a host object; undefined for every other value. */
export function hostTypeOf(value: Value): HostType<unknown> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  return (value as Partial<HostObject>)[HOST] as HostType<unknown> | undefined;
}

/** Text, marked safe or not. */
export function isText(value: Value): value is string | Markup {
  return typeof value === 'string' || value instanceof Markup;
}

/** The characters of a text value. */
export function textOf(value: string | Markup): string {
  return typeof value === 'string' ? value : value.text;
}

/** The name of a value's Python class. */
export function typeName(value: Value): string {
  switch (typeof value) {
    case 'string':
      return 'str';
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return Number.isInteger(value) ? 'int' : 'float';
    default:
      return value === null ? 'NoneType' : objectTypeName(value);
  }
}

function objectTypeName(value: Value & object): string {
  if (Array.isArray(value)) return value instanceof PyTuple ? 'tuple' : 'list';
  if (value instanceof PyDict) return 'dict';
  if (value instanceof PyFloat) return 'float';
  if (value instanceof Undefined) return 'Undefined';
  if (value instanceof PySet) return 'set';
  if (value instanceof PyRange) return 'range';
  if (value instanceof DictView) return `dict_${value.kind}`;
  if (value instanceof Markup) return 'Markup';
  if (value instanceof Namespace) return 'Namespace';
  if (value instanceof Callable) return 'function';
  return hostTypeOf(value)?.typeName ?? 'dict';
}
