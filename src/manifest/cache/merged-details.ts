import { detailsOf } from './file-details.ts';
import { type FileTable, fileNumbers } from './file-table.ts';
import type { PartialParse } from './partial-parse.ts';
import { type ReadSet, ReadSets } from './read-sets.ts';
import type { FileDetails, Snapshot } from './snapshot.ts';
import { Units } from './units.ts';

/** What is known of each file: of those that were parsed by that parse, of others from before. */
export function mergedDetails(former: Snapshot, files: FileTable, part: PartialParse): FileDetails {
  const fresh = detailsOf(part.parsed, part.project, files, part.files);
  const numbers = fileNumbers(files);
  const sets = new ReadSets();
  const emptySet: ReadSet = former.details.readSets[0]!;
  const reads = new Uint32Array(files.shown.length).fill(sets.number(emptySet));
  const flags = new Uint8Array(files.shown.length);
  const units = new Units(files.shown.length);
  for (const [file, path] of former.files.shown.entries()) {
    const present = numbers.get(path);
    if (present === undefined || part.files.has(path)) continue;
    reads[present] = sets.number(former.details.readSets[former.details.reads[file]!]!);
    flags[present] = former.details.flags[file]!;
    const leader = numbers.get(former.files.shown[former.details.unit[file]!]!);
    if (leader !== undefined) units.join(present, leader);
  }
  for (const [file, path] of files.shown.entries()) {
    if (!part.files.has(path)) continue;
    reads[file] = sets.number(fresh.readSets[fresh.reads[file]!]!);
    flags[file] = fresh.flags[file]!;
    units.join(file, fresh.unit[file]!);
  }
  return {
    unit: units.settled(),
    reads,
    readSets: sets.values,
    flags,
    macros: { ...kept(former, part, numbers), ...fresh.macros },
  };
}

function kept(
  { details }: Snapshot,
  { files }: PartialParse,
  numbers: ReadonlyMap<string, number>,
): FileDetails['macros'] {
  const stays = ([path]: readonly [string, unknown]): boolean => numbers.has(path) && !files.has(path);
  return Object.fromEntries(Object.entries(details.macros).filter(stays));
}
