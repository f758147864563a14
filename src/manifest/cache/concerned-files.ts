import { scanBlocks } from '../../jinja/blocks.ts';
import { macroTags } from '../macros.ts';
import { type FileRole, fileNumbers } from './file-table.ts';
import { absolute } from './listed-files.ts';
import type { PartialRequest } from './partial-parse.ts';
import { changedSets } from './read-sets.ts';
import { fileFlags, type Snapshot } from './snapshot.ts';
import { fileText } from './told.ts';

/** Files that changed, or read what changed. Null where a change reaches further than files can tell. */
export function concernedFiles(request: PartialRequest): ReadonlySet<string> | null {
  const { snapshot, changed, present } = request;
  const { details, files } = snapshot;
  const macros = changedMacros(request);
  if (macros === null) return null;
  const seeds = new Set(changed);
  const sets = changedSets(details, snapshot.record, present, macros);
  const docsChanged = [...changed].some((path) => /\.md$/i.test(path));
  if (sets.size === 0 && !docsChanged) return seeds;
  for (let file = 0; file < files.shown.length; file += 1) {
    const mentionsDocs = docsChanged && (details.flags[file]! & fileFlags.mentionsDocs) !== 0;
    if (mentionsDocs || sets.has(details.reads[file]!)) seeds.add(files.shown[file]!);
  }
  return seeds;
}

/** Adds files with all others of their units; new ones are their own. */
export function addUnit({ files, details }: Snapshot, into: Set<string>, paths: ReadonlySet<string>): void {
  const numbers = fileNumbers(files);
  const isWanted = new Uint8Array(files.shown.length);
  for (const path of paths) {
    into.add(path);
    const file = numbers.get(path);
    if (file !== undefined) isWanted[details.unit[file]!] = 1;
  }
  for (let file = 0; file < isWanted.length; file += 1) {
    if (isWanted[details.unit[file]!] === 1) into.add(files.shown[file]!);
  }
}

/** Ids of the macros of changed files; null where there are other macros than before: they may hide, or be found. */
function changedMacros({ listed, snapshot, files, changed }: PartialRequest): ReadonlySet<string> | null {
  const ids = new Set<string>();
  const numbers = fileNumbers(files);
  for (const shown of changed) {
    const known = snapshot.details.macros[shown] ?? [];
    const file = numbers.get(shown);
    if (file === undefined || !holdsMacros(files.roles[files.role[file]!]!)) {
      if (known.length > 0) return null;
      continue;
    }
    const text = fileText(absolute(listed.root.directory, shown));
    const { blocks } = scanBlocks({ path: shown, text }, macroTags);
    const heads = (list: readonly { readonly tag: string; readonly name: string | null }[]): string =>
      JSON.stringify(list.map(({ tag, name }) => [tag, name]));
    // Materializations are found by more than their name.
    if (heads(blocks) !== heads(known) || blocks.some(({ tag }) => tag === 'materialization')) return null;
    const { name: packageName } = files.packages[files.package[file]!]!;
    for (const { tag, name } of blocks) {
      ids.add(`macro.${packageName}.${tag === 'macro' ? name : `test_${name}`}`);
    }
  }
  return ids;
}

const holdsMacros = ({ macros, genericTests }: FileRole): boolean =>
  macros !== undefined || genericTests !== undefined;
