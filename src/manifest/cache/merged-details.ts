import { detailsOf } from './file-details.ts';
import { type FileTable, fileMarks, fileNumbers, presentFiles } from './file-table.ts';
import type { PartialParse } from './partial-parse.ts';
import { ReadSets, type ReadSetText, unionOf } from './read-sets.ts';
import { none32 } from './rows.ts';
import type { FileDetails, Snapshot } from './snapshot.ts';
import { Units } from './units.ts';

/** What is known of each file: of those that were parsed by that parse, of others from before. */
export function mergedDetails(former: Snapshot, files: FileTable, part: PartialParse): FileDetails {
  const fresh = detailsOf(part.parsed, part.project, files, part.files);
  const marks = fileMarks(files, part.files);
  const parsed: number[] = [];
  for (let file = 0; file < marks.length; file += 1) if (marks[file] === 1) parsed.push(file);
  const before = broughtForward(former, files, part.slice === null ? parsed : []);
  const { flags } = before;
  const units = new Units(before.unit);
  for (const file of parsed) {
    flags[file] = fresh.flags[file]!;
    units.join(file, fresh.unit[file]!);
  }
  const textOf = (file: number): ReadSetText => {
    const text = fresh.readSets[fresh.reads[file]!]!;
    // Other entries of the file read what they read before.
    const isPart = part.slice?.sliced.has(files.shown[file]!) === true && isProperties(files, file);
    return isPart ? unionOf(before.readSets[before.reads[file]!]!, text) : text;
  };
  return {
    unit: units.settled(),
    flags,
    ...mergedReads(before, parsed, textOf),
    macros: keptMacros(former, files, part.files, fresh.macros),
  };
}

type FileColumns = Pick<FileDetails, 'unit' | 'reads' | 'readSets'> & { readonly flags: Uint8Array };

/** What was known of the files that are not parsed anew, by their present numbers; each of those is its own unit. */
function broughtForward(former: Snapshot, files: FileTable, parsed: readonly number[]): FileColumns {
  const { unit, reads, flags, readSets } = former.details;
  const count = files.shown.length;
  const now = { unit: new Uint32Array(count), reads: new Uint32Array(count), flags: new Uint8Array(count) };
  if (former.files.shown === files.shown) {
    now.unit.set(unit);
    now.reads.set(reads);
    now.flags.set(flags);
  } else {
    for (let file = 0; file < count; file += 1) now.unit[file] = file;
    for (const [file, at] of presentFiles(former.files, files).entries()) {
      if (at === none32) continue;
      now.reads[at] = reads[file]!;
      now.flags[at] = flags[file]!;
    }
    joinFormer(now.unit, former, files);
  }
  for (const file of parsed) now.unit[file] = file;
  return { ...now, readSets };
}

function joinFormer(unit: Uint32Array, former: Snapshot, files: FileTable): void {
  const present = presentFiles(former.files, files);
  const leaders = new Uint32Array(former.files.shown.length).fill(none32);
  for (let file = 0; file < leaders.length; file += 1) {
    const at = present[file]!;
    if (at === none32) continue;
    // The first of a unit that is still there leads it.
    const known = leaders[former.details.unit[file]!]!;
    if (known === none32) leaders[former.details.unit[file]!] = at;
    else unit[at] = known;
  }
}

/** Where each file reads what it read, nothing changes; else the sets are numbered anew, those alone that a file has. */
function mergedReads(
  before: Pick<FileDetails, 'reads' | 'readSets'>,
  parsed: readonly number[],
  freshText: (file: number) => ReadSetText,
): Pick<FileDetails, 'reads' | 'readSets'> {
  const { reads: numbers, readSets } = before;
  if (parsed.every((file) => readSets[numbers[file]!] === freshText(file)))
    return { reads: numbers, readSets };
  const isParsed = new Set(parsed);
  const sets = new ReadSets();
  // The first is that of files that read nothing.
  sets.number(readSets[0]!);
  const reads = numbers.map((number, file) =>
    sets.number(isParsed.has(file) ? freshText(file) : readSets[number]!),
  );
  return { reads, readSets: sets.texts };
}

function keptMacros(
  former: Snapshot,
  files: FileTable,
  parsed: ReadonlySet<string>,
  fresh: FileDetails['macros'],
): FileDetails['macros'] {
  const { macros } = former.details;
  const there = fileNumbers(files);
  const stays = ([path]: readonly [string, unknown]): boolean => there.has(path) && !parsed.has(path);
  return { ...Object.fromEntries(Object.entries(macros).filter(stays)), ...fresh };
}

const isProperties = ({ role, roles }: FileTable, file: number): boolean =>
  roles[role[file]!]!.properties !== undefined;
