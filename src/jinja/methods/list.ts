import { refuseFrozen } from '../dict.ts';
import { Pending } from '../host.ts';
import { equals, iterate, truth } from '../operations.ts';
import { sorted } from '../ordering.ts';
import { raise } from '../py-error.ts';
import { repr } from '../text.ts';
import { Callable, hostTypeOf, PyTuple, typeName, type Value } from '../values.ts';
import { type Declaration, type MethodTable, methodTable } from './method.ts';
import { boundsOf } from './ranges.ts';
import { intArgument } from './text-arguments.ts';

function indexOf(list: Value[], args: readonly Value[]): number {
  const [start, end] = boundsOf(list.length, args[1], args[2]);
  for (let index = start; index < end; index += 1) {
    if (equals(list[index]!, args[0]!)) return index;
  }
  const message =
    list instanceof PyTuple ? 'tuple.index(x): x not in tuple' : `${repr(args[0]!)} is not in list`;
  return raise('ValueError', message);
}

function count(list: Value[], wanted: Value): number {
  return list.filter((item) => equals(item, wanted)).length;
}

function pop(list: Value[], position: Value | undefined): Value {
  if (list.length === 0) raise('IndexError', 'pop from empty list');
  const given = position === undefined ? -1 : intArgument(position);
  const index = given < 0 ? given + list.length : given;
  if (index < 0 || index >= list.length) raise('IndexError', 'pop index out of range');
  return list.splice(index, 1)[0]!;
}

function remove(list: Value[], item: Value): null {
  const index = list.findIndex((each) => equals(each, item));
  if (index < 0) raise('ValueError', 'list.remove(x): x not in list');
  list.splice(index, 1);
  return null;
}

function extend(list: Value[], items: Value): null {
  for (const item of [...iterate(items)]) list.push(item);
  return null;
}

/** A sort key is called while sorting, where nothing can be waited for. */
function sortKey(key: Value): ((item: Value) => Value) | null {
  if (key === null) return null;
  return (item) => {
    const host = hostTypeOf(key);
    const result = key instanceof Callable ? key.call([item], null) : host?.call?.(key, [item], null);
    if (result === undefined) raise('TypeError', `'${typeName(key)}' object is not callable`);
    if (result instanceof Pending) raise('TypeError', 'a sort key may not be a macro or ask the warehouse');
    return result;
  };
}

/** Methods that change the list: data of the tool may be shown as a list and is frozen. */
const changes: Readonly<Record<string, Declaration<Value[]>>> = {
  append: [
    1,
    1,
    (list, [item]) => {
      list.push(item!);
      return null;
    },
  ],
  extend: [1, 1, (list, [items]) => extend(list, items!)],
  insert: [
    2,
    2,
    (list, [position, item]) => {
      list.splice(boundsOf(list.length, intArgument(position!), undefined)[0], 0, item!);
      return null;
    },
  ],
  pop: [0, 1, (list, [position]) => pop(list, position)],
  remove: [1, 1, (list, [item]) => remove(list, item!)],
  clear: [
    0,
    0,
    (list) => {
      list.length = 0;
      return null;
    },
  ],
  reverse: [
    0,
    0,
    (list) => {
      list.reverse();
      return null;
    },
  ],
  sort: {
    parameters: ['*', ['key', null], ['reverse', false]],
    run: (list, [key, reverse]) => {
      list.splice(0, list.length, ...sorted(list, sortKey(key!), truth(reverse!)));
      return null;
    },
  },
};

function own(self: Value): Value[] {
  refuseFrozen(self as Value[], 'list');
  return self as Value[];
}

const asList = (self: Value): Value[] => self as Value[];

const reads: Readonly<Record<string, Declaration<Value[]>>> = {
  index: [1, 3, indexOf],
  count: [1, 1, (list, [item]) => count(list, item!)],
};

export const tupleMethods: MethodTable = methodTable('tuple', asList, reads);

export const listMethods: MethodTable = new Map([
  ...methodTable('list', own, changes),
  ...methodTable('list', asList, { ...reads, copy: [0, 0, (list) => [...list]] }),
]);
