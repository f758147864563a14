import { DiagnosticError } from '../../core/diagnostic.ts';
import { type ListedPackage, type ListedProject, readProject } from '../../project/load-project.ts';
import type { Project, ProjectPackage } from '../../project/project.ts';
import type { FileOrder } from '../file-order.ts';
import type { MacroFile } from '../internal-packages.ts';
import { FileNeeded } from '../outside.ts';
import { type ParsedProject, type ParseOptions, parseProject } from '../parse-project.ts';
import { operationsPath } from '../paths.ts';
import { addUnit } from './concerned-files.ts';
import { docsMention, isDangling } from './file-details.ts';
import { type FileTable, fileFinder, fileMarks, fileNumbers, pathsOf } from './file-table.ts';
import { narrowListing } from './known-listing.ts';
import { absolute } from './listed-files.ts';
import { OutsideRows } from './outside-rows.ts';
import type { PresentValues } from './read-sets.ts';
import { none32 } from './rows.ts';
import { type Slice, sliceOf } from './slices.ts';
import type { Snapshot } from './snapshot.ts';
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
  /** Whether a former row comes of what was parsed, or is gone with its file. */
  isParsedRow(row: number): boolean;
  readonly slice: Slice | null;
}

/** Above this share of a project's files, parsing all of them is as quick. */
const mostFiles = 1 / 3;

/**
 * Parses the files that a change concerns, and those that go together with them. Null where what is known does not
 * suffice for it. Throws what parsing throws.
 */
export function partialParse(request: PartialRequest, concerned: ReadonlySet<string>): PartialParse | null {
  const { snapshot, files } = request;
  const wanted = new Set(hookFiles(files));
  addUnit(snapshot, wanted, concerned);
  const most = files.shown.length * mostFiles;
  for (;;) {
    if (wanted.size > most) return null;
    try {
      return parseFiles(request, wanted, null);
    } catch (caught) {
      if (!(caught instanceof FileNeeded)) throw caught;
      if (wanted.has(caught.shown)) throw new Error(`${caught.shown} is parsed and asked for`);
      addUnit(snapshot, wanted, new Set([caught.shown]));
    }
  }
}

/**
 * Parses the models that a change concerns without the rest of their units, where there are such. Null where that
 * does not suffice, mistakes included.
 */
export function sliceParse(request: PartialRequest, concerned: ReadonlySet<string>): PartialParse | null {
  const slice = sliceOf(request.snapshot, concerned);
  if (slice === null) return null;
  try {
    const part = parseFiles(request, new Set([...slice.files, ...hookFiles(request.files)]), slice);
    const isTold = part?.parsed.trace.fileWarnings.some(
      ({ span }) => span === null || slice.sliced.has(span.file),
    );
    return isTold === false ? part : null;
  } catch (caught) {
    if (caught instanceof FileNeeded || caught instanceof DiagnosticError) return null;
    throw caught;
  }
}

/** Hooks of project files are few, and parsed with everything. */
function hookFiles(files: FileTable): readonly string[] {
  const find = fileFinder(files);
  return files.packages.flatMap(({ name }) => {
    const file = find(name, operationsPath);
    return file === undefined ? [] : files.shown[file]!;
  });
}

function parseFiles(
  request: PartialRequest,
  files: ReadonlySet<string>,
  slice: Slice | null,
): PartialParse | null {
  const { snapshot, listed, order, options } = request;
  const project = partOf(request, files);
  const { rows, texts } = snapshot;
  const marks = fileMarks(snapshot.files, slice === null ? files : new Set(hookFiles(snapshot.files)));
  const isParsedRow = (row: number): boolean => {
    const file = rows.file[row]!;
    return slice?.rows.has(row) === true || (file !== none32 && marks[file] === 1);
  };
  const outside = new OutsideRows(
    { rows, texts, pathOf: pathsOf(snapshot.files) },
    snapshot.files.packages.map(({ name }) => name),
    {
      isParsedRow,
      isParsed: (shown) => files.has(shown),
      passesOver: (shown, name) => slice?.passesOver(shown, name) === true,
    },
  );
  const parsed = parseProject({ ...options, project, part: { order, outside } });
  // A name that means nothing among these files and the rows may mean something in what rows do not say.
  if (isDangling(parsed.trace.fileWarnings)) return null;
  const whole = { ...project, warnings: listed.warnings };
  return { parsed, project: whole, files, isParsedRow, slice };
}

/** The project with the texts of some files, and all of its macros. */
function partOf({ listed, files: table, snapshot }: PartialRequest, files: ReadonlySet<string>): Project {
  const numbers = fileNumbers(table);
  const wanted = [...files].flatMap((path) => numbers.get(path) ?? []);
  const whole = mentionsDocs(listed, table, wanted)
    ? (['fixtures', 'docs'] as const)
    : (['fixtures'] as const);
  const narrow = (pack: ListedPackage, index: number): ListedPackage => ({
    ...pack,
    listing: narrowListing(table, index, pack.directory, wanted, whole),
  });
  const [root, ...packages] = [listed.root, ...listed.packages].map(narrow);
  const project = readProject({ ...listed, root: root!, packages }, () => true);
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

/** Whether texts of the docs are among the files, or are shown by one of them. */
function mentionsDocs(
  { root }: ListedProject,
  { shown, role, roles }: FileTable,
  files: readonly number[],
): boolean {
  return files.some((file) => {
    if (/\.md$/i.test(shown[file]!)) return true;
    const isProperties = roles[role[file]!]!.properties !== undefined;
    return isProperties && docsMention.test(fileText(absolute(root.directory, shown[file]!)));
  });
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
