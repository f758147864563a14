import { dictEntries } from '../dict.ts';
import { compare } from '../operations.ts';
import { PyError } from '../py-error.ts';
import { repr } from '../text.ts';
import { isDict, PyDict, PySet, PyTuple, tupleOf, typeName, type Value } from '../values.ts';

const width = 80;

/** Python's `pprint.pformat`: dicts by sorted keys, one item per line where a line would get longer than 80. */
export function prettyPrint(value: Value): string {
  return print(value, 0, 0);
}

/** `indent` is the column of the value's first character, `after` what closes behind it on the last line. */
function print(value: Value, indent: number, after: number): string {
  const short = repr(withSortedKeys(value));
  if (short.length <= width - indent - after) return short;
  if (value instanceof PyTuple) return wrap('(', value, value.length === 1 ? ',)' : ')', indent, after);
  if (Array.isArray(value)) return wrap('[', value, ']', indent, after);
  if (value instanceof PySet && value.size > 0) return wrap('{', value.items(), '}', indent, after);
  if (!isDict(value)) return short;
  const entries = sortedEntries(value).map(([key, item], index, all) => {
    const name = `${repr(key)}: `;
    return name + print(item, indent + 1 + name.length, index < all.length - 1 ? 1 : after + 1);
  });
  return `{${entries.join(`,\n${' '.repeat(indent + 1)}`)}}`;
}

function wrap(open: string, items: readonly Value[], close: string, indent: number, after: number): string {
  const printed = items.map((item, index) => {
    return print(item, indent + 1, index < items.length - 1 ? 1 : after + close.length);
  });
  return `${open}${printed.join(`,\n${' '.repeat(indent + 1)}`)}${close}`;
}

function withSortedKeys(value: Value): Value {
  if (value instanceof PyTuple) return tupleOf(value.map(withSortedKeys));
  if (Array.isArray(value)) return value.map(withSortedKeys);
  if (!isDict(value)) return value;
  return PyDict.fromEntries(sortedEntries(value).map(([key, item]) => [key, withSortedKeys(item)]));
}

/** Keys without an order among them are sorted by the names of their types. */
function sortedEntries(value: Parameters<typeof dictEntries>[0]): [Value, Value][] {
  return dictEntries(value).sort(([left], [right]) => {
    if (keyBefore(left, right)) return -1;
    return keyBefore(right, left) ? 1 : 0;
  });
}

function keyBefore(left: Value, right: Value): boolean {
  try {
    return compare('<', left, right);
  } catch (thrown) {
    if (!(thrown instanceof PyError)) throw thrown;
    return typeName(left) < typeName(right);
  }
}
