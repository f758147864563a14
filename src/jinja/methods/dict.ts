import { type Dict, dictDelete, dictEntries, dictGet, dictKeys, dictSet, refuseFrozen } from '../dict.ts';
import { pairsOf } from '../mapping.ts';
import { iterate } from '../operations.ts';
import { raise } from '../py-error.ts';
import { repr } from '../text.ts';
import { DictView, PyDict, tuple, type Value } from '../values.ts';
import { type MethodTable, methodTable } from './method.ts';

function get(dict: Dict, key: Value, fallback: Value): Value {
  const value = dictGet(dict, key);
  return value === undefined ? fallback : value;
}

function pop(dict: Dict, [key, fallback]: readonly Value[]): Value {
  const value = dictGet(dict, key!);
  if (value === undefined) return fallback === undefined ? raise('KeyError', repr(key!)) : fallback;
  dictDelete(dict, key!);
  return value;
}

function popItem(dict: Dict): Value {
  const key = dictKeys(dict).at(-1);
  if (key === undefined) raise('KeyError', "'popitem(): dictionary is empty'");
  const value = dictGet(dict, key)!;
  dictDelete(dict, key);
  return tuple(key, value);
}

function setDefault(dict: Dict, key: Value, fallback: Value): Value {
  const value = dictGet(dict, key);
  if (value !== undefined) return value;
  dictSet(dict, key, fallback);
  return fallback;
}

function update(dict: Dict, others: readonly Value[], named: PyDict): null {
  if (others.length > 1) raise('TypeError', `update expected at most 1 argument, got ${others.length}`);
  for (const other of others) for (const [key, value] of pairsOf(other)) dictSet(dict, key, value);
  for (const [key, value] of named.entries()) dictSet(dict, key, value);
  return null;
}

function clear(dict: Dict): null {
  refuseFrozen(dict, 'dict');
  for (const key of dictKeys(dict)) dictDelete(dict, key);
  return null;
}

export const dictMethods: MethodTable = methodTable('dict', (self) => self as Dict, {
  get: [1, 2, (dict, [key, fallback]) => get(dict, key!, fallback ?? null)],
  items: [0, 0, (dict) => new DictView(dict, 'items')],
  keys: [0, 0, (dict) => new DictView(dict, 'keys')],
  values: [0, 0, (dict) => new DictView(dict, 'values')],
  copy: [0, 0, (dict) => (dict instanceof PyDict ? dict.copy() : PyDict.fromEntries(dictEntries(dict)))],
  pop: [1, 2, pop],
  popitem: [0, 0, popItem],
  setdefault: [1, 2, (dict, [key, fallback]) => setDefault(dict, key!, fallback ?? null)],
  update: {
    parameters: ['*others', '**named'],
    run: (dict, [others, named]) => update(dict, others as Value[], named as PyDict),
  },
  clear: [0, 0, clear],
  fromkeys: [
    1,
    2,
    (_, [keys, value]) =>
      PyDict.fromEntries(iterate(keys!).map((key): [Value, Value] => [key, value ?? null])),
  ],
});
