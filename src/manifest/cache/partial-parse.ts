import { scanBlocks } from '../../jinja/blocks.ts';
import { type ListedPackage, type ListedProject, readProject } from '../../project/load-project.ts';
import type { Project, ProjectPackage } from '../../project/project.ts';
import type { FileOrder } from '../file-order.ts';
import type { MacroFile } from '../internal-packages.ts';
import { macroTags } from '../macros.ts';
import { FileNeeded } from '../outside.ts';
import { type ParsedProject, type ParseOptions, parseProject } from '../parse-project.ts';
import { operationsPath } from '../paths.ts';
import { docsMention, isDangling } from './file-details.ts';
import { pathsOf } from './file-paths.ts';
import { type FileTable, fileNumbers } from './file-table.ts';
import { OutsideRows } from './outside-rows.ts';
import { type PresentValues, readsTheSame } from './read-sets.ts';
import { none32 } from './rows.ts';
import { fileFlags, type Snapshot } from './snapshot.ts';
import { fileText, laterText } from './told.ts';

export interface PartialRequest {
  readonly snapshot: Snapshot;
  readonly listed: ListedProject;
  /** The files as they are now. */
  readonly files: FileTable;
  /** Files that differ from the snapshot's, by their path in errors. */
  readonly changed: ReadonlySet<string>;
  readonly present: PresentValues;
  readonly order: FileOrder;
  readonly options: Omit<ParseOptions, 'project' | 'part'>;
}

export interface PartialParse {
  readonly parsed: ParsedProject;
  readonly project: Project;
  /** Every file that was parsed, or is gone. */
  readonly files: ReadonlySet<string>;
}

/** Above this share of a project's files, parsing all of them is as quick. */
const mostFiles = 1 / 3;

/**
 * Parses the files that a change concerns: those that changed, those whose templates read something that changed, and
 * those that go together with them. Null where what is known does not suffice for it. Throws what parsing throws.
 */
export function partialParse(request: PartialRequest): PartialParse | null {
  const files = concernedFiles(request);
  if (files === null) return null;
  const most = request.files.shown.length * mostFiles;
  for (;;) {
    if (files.size > most) return null;
    try {
      return parseFiles(request, files);
    } catch (caught) {
      if (!(caught instanceof FileNeeded)) throw caught;
      if (files.has(caught.shown)) throw new Error(`${caught.shown} is parsed and asked for`);
      addUnit(request.snapshot, files, new Set([caught.shown]));
    }
  }
}

/** Null where a change reaches further than files can tell. */
function concernedFiles(request: PartialRequest): Set<string> | null {
  const { snapshot, listed, changed, present } = request;
  const { details, files } = snapshot;
  const seeds = new Set(changed);
  const macros = changedMacros(listed, snapshot, changed);
  if (macros === null) return null;
  const docsChanged = [...changed].some((path) => /\.md$/i.test(path));
  const same = details.readSets.map(
    (set) => readsTheSame(set, snapshot.record.values, present) && !set.macros.some((id) => macros.has(id)),
  );
  for (const [file, path] of files.shown.entries()) {
    const mentionsDocs = (details.flags[file]! & fileFlags.mentionsDocs) !== 0;
    if (!same[details.reads[file]!] || (docsChanged && mentionsDocs)) seeds.add(path);
    // Hooks of project files are few, and parsed with everything.
    if (path.endsWith(operationsPath)) seeds.add(path);
  }
  const concerned = new Set<string>();
  addUnit(snapshot, concerned, seeds);
  return concerned;
}

/** Adds files with all others of their units; new ones are their own. */
function addUnit({ files, details }: Snapshot, into: Set<string>, paths: ReadonlySet<string>): void {
  const numbers = fileNumbers(files);
  const units = new Set<number>();
  for (const path of paths) {
    into.add(path);
    const file = numbers.get(path);
    if (file !== undefined) units.add(details.unit[file]!);
  }
  for (const [file, path] of files.shown.entries()) if (units.has(details.unit[file]!)) into.add(path);
}

/** Ids of the macros of changed files; null where there are other macros than before: they may hide, or be found. */
function changedMacros(
  listed: ListedProject,
  { details }: Snapshot,
  changed: ReadonlySet<string>,
): ReadonlySet<string> | null {
  const ids = new Set<string>();
  const macroFiles = new Set<string>();
  for (const pack of [listed.root, ...listed.packages]) {
    for (const { path, absolutePath } of [...pack.listing.files.macros, ...pack.listing.files.genericTests]) {
      const shown = pack.shownPath(path);
      macroFiles.add(shown);
      if (!changed.has(shown)) continue;
      const { blocks } = scanBlocks({ path: shown, text: fileText(absolutePath) }, macroTags);
      const known = details.macros[shown] ?? [];
      const heads = (list: readonly { readonly tag: string; readonly name: string | null }[]): string =>
        JSON.stringify(list.map(({ tag, name }) => [tag, name]));
      // Materializations are found by more than their name.
      if (heads(blocks) !== heads(known) || blocks.some(({ tag }) => tag === 'materialization')) return null;
      for (const { tag, name } of blocks) {
        ids.add(`macro.${pack.name}.${tag === 'macro' ? name : `test_${name}`}`);
      }
    }
  }
  const isGone = (shown: string): boolean => !macroFiles.has(shown) && details.macros[shown] !== undefined;
  return [...changed].some(isGone) ? null : ids;
}

function parseFiles(request: PartialRequest, files: ReadonlySet<string>): PartialParse | null {
  const { snapshot, listed, order, options } = request;
  const project = partOf(request, files);
  const { rows, texts } = snapshot;
  const parsedFiles = new Uint8Array(snapshot.files.shown.length);
  for (const [file, path] of snapshot.files.shown.entries()) if (files.has(path)) parsedFiles[file] = 1;
  const isParsedRow = (row: number): boolean =>
    rows.file[row] !== none32 && parsedFiles[rows.file[row]!] === 1;
  const outside = new OutsideRows({ rows, texts, pathOf: pathsOf(snapshot.files) }, isParsedRow, (shown) =>
    files.has(shown),
  );
  const parsed = parseProject({ ...options, project, part: { order, outside } });
  // A name that means nothing among these files and the rows may mean something in what rows do not say.
  if (isDangling(parsed.trace.fileWarnings)) return null;
  return { parsed, project: { ...project, warnings: listed.warnings }, files };
}

/** The project with the texts of some files, and all of its macros. */
function partOf({ listed, snapshot }: PartialRequest, files: ReadonlySet<string>): Project {
  const needsDocs = [...files].some((path) => /\.md$/i.test(path)) || mentionsDocs(listed, files);
  const kinds = (pack: ListedPackage): ReadonlySet<string> => {
    const all = [...pack.listing.files.fixtures, ...(needsDocs ? pack.listing.files.docs : [])];
    return new Set(all.map(({ path }) => pack.shownPath(path)));
  };
  const always = new Set([listed.root, ...listed.packages].flatMap((pack) => [...kinds(pack)]));
  const project = readProject(listed, (shown) => files.has(shown) || always.has(shown));
  const withMacros = (pack: ProjectPackage, from: ListedPackage): ProjectPackage => ({
    ...pack,
    files: {
      ...pack.files,
      macros: macroFiles(pack.files.macros, from, 'macros', snapshot),
      genericTests: macroFiles(pack.files.genericTests, from, 'genericTests', snapshot),
    },
  });
  return {
    ...project,
    root: withMacros(project.root, listed.root),
    packages: project.packages.map((pack, index) => withMacros(pack, listed.packages[index]!)),
  };
}

function mentionsDocs({ root, packages }: ListedProject, files: ReadonlySet<string>): boolean {
  return [root, ...packages].some((pack) =>
    pack.listing.files.properties.some(
      ({ path, absolutePath }) => files.has(pack.shownPath(path)) && docsMention.test(fileText(absolutePath)),
    ),
  );
}

/** The macro files of a package: those that were read, and the others as the snapshot knows them. */
export function macroFiles(
  read: readonly MacroFile[],
  { listing, shownPath }: ListedPackage,
  kind: 'macros' | 'genericTests',
  { details }: Pick<Snapshot, 'details'>,
): readonly MacroFile[] {
  const texts = new Map(read.map((file) => [file.path, file]));
  return listing.files[kind].map(({ path, folder, absolutePath }) => {
    const file = texts.get(path);
    if (file !== undefined) return file;
    const text = laterText(absolutePath);
    return {
      path,
      folder,
      absolutePath,
      get text() {
        return text();
      },
      blocks: details.macros[shownPath(path)] ?? [],
    };
  });
}
