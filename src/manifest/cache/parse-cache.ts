import { DiagnosticError } from '../../core/diagnostic.ts';
import { makeFolder } from '../../core/make-folder.ts';
import { unlessRefused } from '../../core/system-error.ts';
import { type ListedProject, readProject } from '../../project/load-project.ts';
import { type ParsedProject, type ParseOptions, parseProject } from '../parse-project.ts';
import { concernedFiles } from './concerned-files.ts';
import { presentValues } from './file-details.ts';
import { type FileTable, pathsOf, tableOrder } from './file-table.ts';
import { fingerprintOf } from './fingerprint.ts';
import { fullSnapshot } from './full-snapshot.ts';
import type { Look } from './gate.ts';
import { type FilesNow, lookAgain } from './known-files.ts';
import { lookAtListed, withDigests } from './listed-files.ts';
import { changeOf, type RowChange } from './merge.ts';
import { type PartialParse, type PartialRequest, partialParse, sliceParse } from './partial-parse.ts';
import { partialSnapshot } from './partial-snapshot.ts';
import { samePlaces } from './patch-rows.ts';
import { changedSets, type PresentValues, type ValuesRead } from './read-sets.ts';
import {
  type RecordDraft,
  readRecord,
  readRest,
  type Snapshot,
  type ToldProject,
  writeRecord,
} from './snapshot.ts';

export interface CacheRequest {
  /** The cache's folder. */
  readonly directory: string;
  /** Names the program and its version: what another one remembers is not read. */
  readonly build: string;
  readonly listed: ListedProject;
  readonly options: Omit<ParseOptions, 'project' | 'part'>;
  /** False under `--no-partial-parse`: everything is parsed, and remembered for the next time. */
  readonly usesFormer: boolean;
  readonly look: Look;
  /** What the parse stands on beside files and settings, once it is known what templates read. */
  readonly gate: (values: ValuesRead) => RecordDraft['gate'];
  readonly told: Omit<ToldProject, 'counts'>;
}

/** How much was parsed: nothing, the files that a change concerns, or the whole project. */
export type ParseExtent = 'nothing' | 'part' | 'whole';

export interface RememberedParse {
  readonly extent: ParseExtent;
  /** Null where nothing could be remembered: the folder cannot be written to. */
  readonly snapshot: Snapshot | null;
  /** Null where not the whole project was parsed. */
  readonly parsed: ParsedProject | null;
}

/**
 * Parses what has changed since the last time, and remembers it for the next. The result is the same as that of
 * parsing everything: where it cannot be told to be, everything is parsed. A cache that cannot be read or written is
 * none. Throws what `parseProject` throws.
 */
export function parseThroughCache(request: CacheRequest): RememberedParse {
  const { directory, listed, options } = request;
  const { services } = options;
  const fingerprint = fingerprintOf(listed, services);
  const former = request.usesFormer ? unlessRefused(() => usableSnapshot(request, fingerprint)) : null;
  const { files, changed } = lookAtFiles(request, former);
  if (former !== null) {
    const present = presentValues(services);
    const isSame =
      changed.size === 0 && changedSets(former.details, former.record, present, noMacros).size === 0;
    if (isSame) return unchanged(request, former, files);
    const part = parsePart(request, former, { files, changed }, present);
    if (part !== null) return part;
  }
  const project = readProject(listed, () => true);
  const parsed = parseProject({ ...options, project });
  const snapshot = unlessRefused(() => {
    makeFolder(directory);
    return fullSnapshot({ ...request, fingerprint }, parsed, project, withDigests(files, project));
  });
  return { extent: 'whole', snapshot, parsed };
}

const noMacros: ReadonlySet<string> = new Set();

/** The gate may have looked already; who walked through the folders knows better which files there are. */
function lookAtFiles({ listed, options, look }: CacheRequest, former: Snapshot | null): FilesNow {
  const now = options.services.world.now();
  const isLooked = former !== null && former.files === look.record?.read.files;
  if (isLooked && look.now !== null && look.folders !== null) return look.now;
  const known =
    former === null
      ? null
      : ((isLooked ? look.now : null) ?? lookAgain(former.files, listed.root.directory, now));
  return lookAtListed(listed, options.internalPackages, known, now);
}

function usableSnapshot(
  { directory, build, options, look }: CacheRequest,
  fingerprint: string,
): Snapshot | null {
  const known = look.record?.directory === directory ? look.record.read : null;
  const read = known ?? readRecord(directory, build);
  if (read === null || read.record.fingerprint !== fingerprint) return null;
  const snapshot = readRest(directory, read);
  if (snapshot === null) return null;
  const { validUntil } = snapshot.record;
  return validUntil !== null && options.services.world.startedAt > validUntil ? null : snapshot;
}

/** The same content, under new time stamps or other values that nothing reads: it is worth remembering that it is. */
function unchanged(request: CacheRequest, former: Snapshot, files: FileTable): RememberedParse {
  const draft = {
    ...former.record,
    segments: former.texts.segments,
    gate: request.gate(former.record.values),
  };
  const record = unlessRefused(() => writeRecord(request.directory, draft, files)) ?? former.record;
  return { extent: 'nothing', snapshot: { ...former, files, record }, parsed: null };
}

function parsePart(
  request: CacheRequest,
  former: Snapshot,
  { files, changed }: FilesNow,
  present: PresentValues,
): RememberedParse | null {
  const { listed, options } = request;
  const order = tableOrder(files);
  const partial = { snapshot: former, listed, files, changed, present, order, options };
  let found: ChangedPart | null;
  try {
    const concerned = concernedFiles(partial);
    if (concerned === null) return null;
    found = changedSlice(partial, concerned) ?? changedPart(partial, concerned);
  } catch (caught) {
    // All mistakes of the project are wanted, in their order.
    if (caught instanceof DiagnosticError) return null;
    throw caught;
  }
  if (found === null) return null;
  const { part, change } = found;
  const snapshot = unlessRefused(() => partialSnapshot(request, former, files, part, change, order));
  return snapshot === null ? null : { extent: 'part', snapshot, parsed: null };
}

interface ChangedPart {
  readonly part: PartialParse;
  readonly change: RowChange;
}

/** Null where it is not the same rows that change, and in nothing that others see. */
function changedSlice(request: PartialRequest, concerned: ReadonlySet<string>): ChangedPart | null {
  const { snapshot, files } = request;
  if (snapshot.files.shown !== files.shown) return null;
  const part = sliceParse(request, concerned);
  const change = part === null ? null : changeIn(request, part);
  if (part === null || change === null || change.namesChanged) return null;
  return samePlaces(snapshot.rows, change) === null ? null : { part, change };
}

function changedPart(request: PartialRequest, concerned: ReadonlySet<string>): ChangedPart | null {
  const part = partialParse(request, concerned);
  const change = part === null ? null : changeIn(request, part);
  return part === null || change === null ? null : { part, change };
}

function changeIn({ snapshot, order, options }: PartialRequest, part: PartialParse): RowChange | null {
  const { rows, texts, files, record } = snapshot;
  return changeOf({
    content: part.parsed.manifest,
    context: { order, facts: options.services.facts },
    former: { rows, texts, pathOf: pathsOf(files) },
    formerFiles: files,
    part,
    isDangling: record.isDangling,
  });
}
