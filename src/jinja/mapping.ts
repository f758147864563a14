import { dictEntries } from './dict.ts';
import { iterableItems } from './operations.ts';
import { raise } from './py-error.ts';
import { hostTypeOf, isDict, PyDict, typeName, type Value } from './values.ts';

/** The entries of a dict or of a host object that is a mapping; null for everything else. */
export function mappingEntries(value: Value): [Value, Value][] | null {
  if (isDict(value)) return dictEntries(value);
  const host = hostTypeOf(value);
  if (host?.isMapping !== true || host.iterate === undefined) return null;
  return host.iterate(value).map((key) => [key, host.item?.(value, key) ?? null]);
}

/** What `dict(value)` and `d.update(value)` read: a mapping, or an iterable of pairs. */
export function pairsOf(value: Value): [Value, Value][] {
  const entries = mappingEntries(value);
  if (entries !== null) return entries;
  const items = iterableItems(value);
  if (items === null) raise('TypeError', `'${typeName(value)}' object is not iterable`);
  return items.map((item, index) => {
    const pair = iterableItems(item);
    if (pair === null) {
      raise('TypeError', `cannot convert dictionary update sequence element #${index} to a sequence`);
    }
    if (pair.length !== 2) {
      raise(
        'ValueError',
        `dictionary update sequence element #${index} has length ${pair.length}; 2 is required`,
      );
    }
    return [pair[0]!, pair[1]!];
  });
}

/** A new dict of a mapping or an iterable of pairs. */
export function toDict(value: Value): PyDict {
  return PyDict.fromEntries(pairsOf(value));
}
