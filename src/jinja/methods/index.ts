import { isFloat, isNumber } from '../numbers.ts';
import { isDict, isText, PyDict, PyRange, PySet, PyTuple, type Value } from '../values.ts';
import { dictMethods } from './dict.ts';
import { listMethods, tupleMethods } from './list.ts';
import type { Method, MethodTable } from './method.ts';
import { floatMethods, intMethods, numberAttribute } from './number.ts';
import { rangeAttribute, rangeMethods } from './range.ts';
import { setMethods } from './set.ts';
import { strMethods } from './str.ts';

/** The method that a value's built-in type has under a name; host objects declare their own. */
export function methodOf(value: Value, name: string): Method | undefined {
  return tableOf(value)?.get(name);
}

/** The names of a value's methods, for `did you mean`. */
export function methodNames(value: Value): Iterable<string> {
  return tableOf(value)?.keys() ?? [];
}

function tableOf(value: Value): MethodTable | undefined {
  if (typeof value === 'string') return strMethods;
  if (typeof value === 'object' && value !== null) {
    if (value instanceof PyDict) return dictMethods;
    if (Array.isArray(value)) return value instanceof PyTuple ? tupleMethods : listMethods;
    if (value instanceof PySet) return setMethods;
    if (value instanceof PyRange) return rangeMethods;
    if (isText(value)) return strMethods;
    if (isDict(value)) return dictMethods;
  }
  if (!isNumber(value)) return undefined;
  return isFloat(value) ? floatMethods : intMethods;
}

/** An attribute of a built-in type that is no method. */
export function attributeOf(value: Value, name: string): Value | undefined {
  if (isNumber(value)) return numberAttribute(value, name);
  return value instanceof PyRange ? rangeAttribute(value, name) : undefined;
}
