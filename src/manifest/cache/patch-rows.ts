import { type BuildOptions, type ParsedRow, separator } from './build-rows.ts';
import { lineOf } from './fresh-row.ts';
import { Interned } from './interned.ts';
import { none16, none32, type Rows, rowKinds, sections } from './rows.ts';

/**
 * The rows with the texts of fresh ones in the places of the former, where nothing else changes: the same entries in
 * the same order, with the same parents. That is what most edits do, and it spares building all rows. Null otherwise.
 */
export function patchRows(options: BuildOptions): Rows | null {
  const { former, writer, segment } = options;
  if (former === null || !former.sameFiles) return null;
  const places = samePlaces(former.rows, { fresh: options.fresh, keeps: former.keeps });
  if (places === null) return null;
  const { rows } = former;
  const prefixes = new Interned(rows.fqnPrefixes);
  const groups = new Interned(rows.groups);
  const patched: Rows = {
    ...rows,
    fqnPrefixes: prefixes.values,
    groups: groups.values,
    entry: {
      segment: rows.entry.segment.slice(),
      offset: rows.entry.offset.slice(),
      length: rows.entry.length.slice(),
    },
    kind: rows.kind.slice(),
    flags: rows.flags.slice(),
    nameLength: rows.nameLength.slice(),
    fqnPrefix: rows.fqnPrefix.slice(),
    group: rows.group.slice(),
    relation: rows.relation.slice(),
    face: rows.face.slice(),
  };
  for (const [row, fresh] of places) {
    const { offset, length } = writer.add(lineOf(fresh), separator);
    patched.entry.segment[row] = segment;
    patched.entry.offset[row] = offset;
    patched.entry.length[row] = length - separator.length;
    patched.kind[row] = rowKinds.indexOf(fresh.kind);
    patched.flags[row] = fresh.flags;
    patched.nameLength[row] = fresh.nameLength;
    patched.fqnPrefix[row] = fresh.fqnPrefix === null ? none32 : prefixes.number(fresh.fqnPrefix);
    patched.group[row] = fresh.group === null ? none16 : groups.number(fresh.group);
    patched.relation[row] = fresh.relation;
    patched.face[row] = fresh.face;
  }
  return patched;
}

/** The former row of each fresh one that differs; null where the entries are not the same ones in the same order. */
export function samePlaces(
  rows: Rows,
  { fresh, keeps }: { readonly fresh: Iterable<ParsedRow>; keeps(row: number): boolean },
): readonly (readonly [number, ParsedRow])[] | null {
  const out: [number, ParsedRow][] = [];
  const waiting = fresh[Symbol.iterator]();
  for (const section of sections) {
    const [from, to] = rows.bounds[section];
    for (let row = from; row < to; row += 1) {
      if (keeps(row)) continue;
      const { value, done } = waiting.next() as IteratorResult<ParsedRow, undefined>;
      if (done === true || value.section !== section || value.key !== rows.keys[row]) return null;
      if (value.former !== undefined) continue;
      if (!sameParents(rows, row, value)) return null;
      out.push([row, value]);
    }
  }
  return waiting.next().done === true ? out : null;
}

function sameParents({ keys, parentStart, parents }: Rows, row: number, fresh: ParsedRow): boolean {
  const ids = fresh.parents ?? [];
  const start = parentStart[row]!;
  if (parentStart[row + 1]! - start !== ids.length) return false;
  return ids.every((id, index) => keys[parents[start + index]!] === id);
}
