import { nameStartOf } from '../../context/ids.ts';
import { entryOf } from '../record.ts';
import { edgeCount, none16, none32, type Rows, rowFlags } from './rows.ts';

/** Undefined where the row does not say it. */
export function nameOf({ keys, nameLength }: Rows, row: number): string | undefined {
  if (nameLength[row] === none16) return undefined;
  const id = keys[row]!;
  if (id.startsWith('source.')) return id.slice(-nameLength[row]!);
  const nameStart = nameStartOf(id);
  return id.slice(nameStart, nameStart + nameLength[row]!);
}

/** Tens of thousands of nodes lie in a few hundred folders. */
const splitPrefixes = new WeakMap<Rows, (readonly string[])[]>();

function prefixParts(rows: Rows, prefix: number): readonly string[] {
  const split = entryOf(splitPrefixes, rows, () => []);
  const text = rows.fqnPrefixes[prefix]!;
  split[prefix] ??= text === '' ? [] : text.split('\n');
  return split[prefix];
}

export function sourceNameOf({ keys, nameLength }: Rows, row: number): string | undefined {
  if (nameLength[row] === none16) return undefined;
  const id = keys[row]!;
  return id.slice(nameStartOf(id), -nameLength[row]! - 1);
}

/** Undefined where the row does not say it. */
export function fqnOf(rows: Rows, row: number): readonly string[] | undefined {
  const name = nameOf(rows, row);
  if (name === undefined || rows.fqnPrefix[row] === none32) return undefined;
  const prefix = prefixParts(rows, rows.fqnPrefix[row]!);
  const end = rows.keys[row]!.startsWith('source.') ? [sourceNameOf(rows, row)!, name] : [name];
  return [...prefix, ...end];
}

/** The fqn with dots between its parts; undefined where the row does not say it, and for a source. */
export function dottedFqn(rows: Rows, row: number): string | undefined {
  const name = rows.keys[row]!.startsWith('source.') ? undefined : nameOf(rows, row);
  if (name === undefined || rows.fqnPrefix[row] === none32) return undefined;
  const dotted = entryOf(dottedPrefixes, rows, () =>
    rows.fqnPrefixes.map((text) => text.replaceAll('\n', '.')),
  );
  return `${dotted[rows.fqnPrefix[row]!]}.${name}`;
}

const dottedPrefixes = new WeakMap<Rows, readonly string[]>();

/**
 * Rows in the graph that a selector of this text, without a wildcard, can mean by name or fqn: those whose name it is
 * or whose fqn begins like its first part, with or without the package, and those whose row does not say enough.
 */
export function rowsNamed(rows: Rows, text: string): readonly number[] {
  const { keys, flags, nameLength, fqnPrefix } = rows;
  const first = text.split('.')[0]!;
  const prefixes = rows.fqnPrefixes.map((prefix) => {
    const [packageName, folder] = prefix.split('\n');
    const begins = packageName?.startsWith(first) === true || folder?.startsWith(first) === true;
    return { begins, ofName: folder === undefined };
  });
  const out: number[] = [];
  for (let row = 0; row < edgeCount(rows); row += 1) {
    const prefix = prefixes[fqnPrefix[row]!];
    const isUnknown = prefix === undefined || nameLength[row] === none16;
    if (isUnknown || prefix.begins || (flags[row]! & rowFlags.versioned) !== 0) out.push(row);
    else if (prefix.ofName || nameLength[row] === text.length) {
      const wanted = prefix.ofName ? first : text;
      if (keys[row]!.startsWith(wanted, nameStartOf(keys[row]!))) out.push(row);
    }
  }
  return out;
}
