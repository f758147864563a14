import { didYouMean } from '../../core/nearest.ts';
import type { ParseState } from '../parse-state.ts';
import { isRecord, own, type PlainRecord } from '../record.ts';
import { entryLabel, type PropertiesEntry, placeIn } from './entry.ts';
import { propertyInvalid, propertyType } from './errors.ts';
import { checkShape, docsShape, type Shape } from './shape.ts';

/** A mapping somewhere inside an entry, with its way there. */
export interface Part {
  readonly state: ParseState;
  readonly entry: PropertiesEntry;
  readonly data: PlainRecord;
  readonly path: readonly (string | number)[];
  /** What errors call it: `measure 'amount' of semantic model 'orders'`. */
  readonly label: string;
}

/** An entry as a part of itself. */
export function wholeEntry(state: ParseState, entry: PropertiesEntry): Part {
  return { state, entry, data: entry.data, path: [], label: entryLabel(entry) };
}

/** True where every value has its type and no required key is missing; everything else is told, unknown keys as errors. */
export function checkPart(
  part: Part,
  shape: Shape,
  required: readonly string[] = [],
  { closed = true }: { readonly closed?: boolean } = {},
): boolean {
  const { state, entry, data, path, label } = part;
  const good = checkShape(data, shape, {
    label,
    found: state.found,
    place: (key, what) => placeIn(entry, [...path, key], what),
    closed,
  });
  const missing = required.filter((key) => !Object.hasOwn(data, key));
  for (const key of missing) tellPart(part, `it needs '${key}'`);
  return good && missing.length === 0;
}

/** Tells what is wrong with a part, or with the value of one of its keys. */
export function tellPart(
  { state, entry, path, label }: Part,
  problem: string,
  key: string | null = null,
  hint: string | null = null,
): void {
  const place = key === null ? placeIn(entry, path) : placeIn(entry, [...path, key], 'value');
  state.found.add(propertyInvalid(label, problem, place, hint));
}

/** The mapping under a key; null where there is none. */
export function innerPart(part: Part, key: string, what: string): Part | null {
  const data = own(part.data, key);
  return isRecord(data)
    ? { ...part, data, path: [...part.path, key], label: `${what} of ${part.label}` }
    : null;
}

/** Whether `docs` of an entry, where it has some, holds what it may hold; what is wrong is told. */
export function checkDocs(state: ParseState, entry: PropertiesEntry): boolean {
  const docs = innerPart(wholeEntry(state, entry), 'docs', 'docs');
  return docs === null || checkPart(docs, docsShape);
}

/** The mappings of a list, named in errors by their `name`; an item that is none is told. */
export function innerParts(part: Part, key: string, kind: string): readonly Part[] {
  const list = own(part.data, key);
  if (!Array.isArray(list)) return [];
  return list.flatMap((data, index) => {
    const path = [...part.path, key, index];
    if (isRecord(data)) {
      const name = own(data, 'name');
      const label = `${kind}${typeof name === 'string' ? ` '${name}'` : ''} of ${part.label}`;
      return { ...part, data, path, label };
    }
    const { state, entry, label } = part;
    state.found.add(propertyType(label, key, 'a list of mappings', data, placeIn(entry, path, 'value')));
    return [];
  });
}

/** The value of a key among its choices, which are written in lower case; null where it is none of them, which is told. */
export function choiceOf<Choice extends string>(
  part: Part,
  key: string,
  choices: readonly Choice[],
): Choice | null {
  const value = own(part.data, key);
  const text = String(value).toLowerCase();
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  const hint = didYouMean(text, choices) ?? `it is one of ${choices.join(', ')}`;
  tellPart(part, `its ${key} cannot be '${String(value)}'`, key, hint);
  return null;
}

export function textOrNull(data: PlainRecord, key: string): string | null {
  return (own(data, key) as string | null | undefined) ?? null;
}
