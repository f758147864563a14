import { packageOfId, typeOfId } from '../../context/ids.ts';
import { afterAll, disabledRank, type FileOrder } from '../file-order.ts';
import { unusedConfigs } from '../unused-configs.ts';
import { type BuildOptions, buildRows } from './build-rows.ts';
import { type CachedRows, decodeEntry } from './cached-node.ts';
import { compactRows } from './compact-rows.ts';
import { isDanglingCode, presentValues, validUntil } from './file-details.ts';
import { type FileTable, fileFinder, fileNumbers, pathsOf, presentFiles } from './file-table.ts';
import type { RowChange } from './merge.ts';
import { mergedDetails } from './merged-details.ts';
import type { CacheRequest } from './parse-cache.ts';
import type { PartialParse } from './partial-parse.ts';
import { patchRows } from './patch-rows.ts';
import { digestsOf, type PresentValues, parseReadSet, presentDigests } from './read-sets.ts';
import { countsOf, toldOf } from './record-parts.ts';
import { fqnOf } from './row-names.ts';
import { edgeCount, none32, type Rows, rowFlags } from './rows.ts';
import { SegmentReader, SegmentWriter } from './segments.ts';
import {
  type FileDetails,
  type RecordDraft,
  type Snapshot,
  segmentPrefix,
  writeSnapshot,
} from './snapshot.ts';
import { type StoredDiagnostic, storeDiagnostic } from './told.ts';

/** With more segments than this, the texts are written anew in their order. */
const mostSegments = 24;

/** Writes what was parsed of some files among what is known of the others; null where somebody deletes it meanwhile. */
export function partialSnapshot(
  request: CacheRequest,
  former: Snapshot,
  files: FileTable,
  part: PartialParse,
  change: RowChange,
  order: FileOrder,
): Snapshot | null {
  const { directory, options } = request;
  const { services } = options;
  const generation = services.world.uuid();
  const { rows, segments } = mergedRows(directory, generation, former, files, change, order);
  const details = mergedDetails(former, files, part);
  const texts = SegmentReader.open(directory, segments);
  if (texts === null) return null;
  const numbers = fileNumbers(files);
  const isFile = (path: string): boolean => numbers.has(path);
  const fresh = part.parsed.trace.fileWarnings.map((one) => storeDiagnostic(one, isFile));
  const { values, isVolatile } = readsOf(former, details, presentValues(services));
  const counts = rows.keys === former.rows.keys ? former.record.told.counts : countsOf(rows);
  const fileWarnings = [
    ...former.record.fileWarnings.filter(({ span }) => span === null || !part.files.has(span.file)),
    ...fresh,
  ];
  const until = [former.record.validUntil, validUntil(part.parsed.manifest, services.world.startedAt)];
  const record: RecordDraft = {
    ...former.record,
    generation,
    edges: rows.parents === former.rows.parents ? former.record.edges : generation,
    segments,
    validUntil: until.reduce((a, b) => (a === null ? b : b === null ? a : Math.min(a, b))) ?? null,
    isDangling: fileWarnings.some(({ code }) => isDanglingCode(code)),
    selectors: Object.fromEntries(part.parsed.manifest.selectors),
    fileWarnings,
    projectWarnings: change.namesChanged
      ? unused(request, { rows, texts, pathOf: pathsOf(files) })
      : former.record.projectWarnings,
    isVolatile,
    ...toldOf(request, counts, values, (list) => list.map((one) => storeDiagnostic(one, isFile))),
  };
  const snapshot = { record, files, details, rows };
  const written = writeSnapshot(directory, snapshot, former.texts.segments);
  return { ...snapshot, record: written, texts };
}

/** What all files read. */
function readsOf(
  { details: before, record }: Snapshot,
  { readSets }: FileDetails,
  present: PresentValues,
): Pick<RecordDraft, 'values' | 'isVolatile'> {
  if (readSets === before.readSets) {
    return { values: presentDigests(record.values, present), isVolatile: record.isVolatile };
  }
  const sets = readSets.map(parseReadSet);
  return { values: digestsOf(sets, present), isVolatile: sets.some(({ volatile }) => volatile) };
}

function mergedRows(
  directory: string,
  generation: string,
  former: Snapshot,
  files: FileTable,
  change: RowChange,
  order: FileOrder,
) {
  const findFile = fileFinder(files);
  const present = presentFiles(former.files, files);
  const writer = new SegmentWriter(directory, `${segmentPrefix}${generation}`);
  const options: BuildOptions = {
    fresh: change.fresh,
    former: {
      sameFiles: sameTexts(former.files.shown, files.shown),
      rows: former.rows,
      keeps: change.keeps,
      position: laterPositions(former, order),
      file: (file) => present[file]!,
    },
    fileOf: ({ packageName, path }) => findFile(packageName, path),
    segment: former.texts.segments.length,
    writer,
  };
  const rows = writer.during(() => patchRows(options) ?? buildRows(options));
  const written = writer.closeUnlessEmpty();
  const segments = written === null ? former.texts.segments : [...former.texts.segments, written];
  return segments.length <= mostSegments
    ? { rows, segments }
    : compacted(directory, generation, rows, segments);
}

function compacted(
  directory: string,
  generation: string,
  rows: Rows,
  segments: Snapshot['record']['segments'],
) {
  const texts = SegmentReader.open(directory, segments);
  if (texts === null) return { rows, segments };
  const writer = new SegmentWriter(directory, `${segmentPrefix}${generation}-whole`);
  const compact = writer.during(() => compactRows(rows, texts, writer));
  texts.close();
  return { rows: compact, segments: [writer.close()] };
}

const sameTexts = (a: readonly string[], b: readonly string[]): boolean =>
  a === b || (a.length === b.length && a.every((text, index) => text === b[index]));

/** Worked out when the first is asked for: most changes change no order. */
function laterPositions(former: Snapshot, order: FileOrder): (row: number) => number {
  let known: ((row: number) => number) | null = null;
  return (row) => {
    known ??= positions(former, order);
    return known(row);
  };
}

/** Where a former row stands among the entries of its section. */
function positions({ rows, files }: Snapshot, order: FileOrder): (row: number) => number {
  const ofFile = new Float64Array(files.shown.length);
  const pathOf = pathsOf(files);
  for (let file = 0; file < ofFile.length; file += 1) {
    const { name } = files.packages[files.package[file]!]!;
    ofFile[file] = order.position(name, pathOf(file)) ?? afterAll;
  }
  const [disabledFrom] = rows.bounds.disabled;
  return (row) => {
    const id = rows.keys[row]!;
    const file = rows.file[row]!;
    const own = file === none32 ? (order.position(packageOfId(id), '') ?? afterAll) : ofFile[file]!;
    const placed = rows.flags[row]! & rowFlags.ofSource ? own + afterAll : own;
    return row < disabledFrom ? placed : disabledRank(typeOfId(id)) + placed;
  };
}

function unused({ listed }: CacheRequest, cached: CachedRows): readonly StoredDiagnostic[] {
  const { rows } = cached;
  function* enabled(): Generator<readonly [string, readonly string[]]> {
    for (let row = 0; row < edgeCount(rows); row += 1) {
      const fqn = fqnOf(rows, row) ?? (decodeEntry(cached, row) as { readonly fqn: readonly string[] }).fqn;
      yield [typeOfId(rows.keys[row]!), fqn];
    }
  }
  function* disabled(): Generator<readonly string[]> {
    const [from, to] = rows.bounds.disabled;
    for (let row = from; row < to; row += 1) {
      for (const { fqn } of decodeEntry(cached, row) as readonly { readonly fqn: readonly string[] }[])
        yield fqn;
    }
  }
  const told = unusedConfigs(listed.root, { enabled: enabled(), disabled: disabled() });
  return told.map((one) => storeDiagnostic(one, (path) => path === listed.root.settingsFile?.path));
}
