import { packageOfId, typeOfId } from '../../context/ids.ts';
import { disabledRank, type FileOrder, filePosition } from '../file-order.ts';
import { unusedConfigs } from '../unused-configs.ts';
import { type BuildOptions, buildRows } from './build-rows.ts';
import { type CachedRows, decodeEntry, fqnOf } from './cached-node.ts';
import { compactRows } from './compact-rows.ts';
import { isDanglingCode, presentValues, validUntil } from './file-details.ts';
import { pathsOf } from './file-paths.ts';
import { type FileTable, fileFinder, fileNumbers } from './file-table.ts';
import type { RowChange } from './merge.ts';
import { mergedDetails } from './merged-details.ts';
import type { CacheRequest } from './parse-cache.ts';
import type { PartialParse } from './partial-parse.ts';
import { patchRows } from './patch-rows.ts';
import { digestsOf } from './read-sets.ts';
import { toldOf } from './record-parts.ts';
import { edgeCount, none32, type Rows, rowFlags } from './rows.ts';
import { SegmentReader, SegmentWriter } from './segments.ts';
import { type RecordDraft, type Snapshot, segmentPrefix, writeSnapshot } from './snapshot.ts';
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
  const shown = new Set(files.shown);
  const fresh = part.parsed.trace.fileWarnings.map((one) => storeDiagnostic(one, (path) => shown.has(path)));
  const fileWarnings = [
    ...former.record.fileWarnings.filter(({ span }) => span === null || !part.files.has(span.file)),
    ...fresh,
  ];
  const until = [former.record.validUntil, validUntil(part.parsed.manifest, services.world.startedAt)];
  const record: RecordDraft = {
    ...former.record,
    generation,
    packages: files.packages,
    segments,
    values: digestsOf(details.readSets, presentValues(services)),
    validUntil: until.reduce((a, b) => (a === null ? b : b === null ? a : Math.min(a, b))) ?? null,
    isDangling: fileWarnings.some(({ code }) => isDanglingCode(code)),
    selectors: Object.fromEntries(part.parsed.manifest.selectors),
    fileWarnings,
    projectWarnings: change.namesChanged
      ? unused(request, { rows, texts, pathOf: pathsOf(files) })
      : former.record.projectWarnings,
    ...toldOf(request, rows, details, (list) =>
      list.map((one) => storeDiagnostic(one, (path) => shown.has(path))),
    ),
  };
  const snapshot = { record, files, details, rows };
  const written = writeSnapshot(directory, snapshot, former.texts.segments);
  return { ...snapshot, record: written, texts };
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
  const segments = [...former.texts.segments, writer.close()];
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

/** Present numbers of former files, `none32` for one that is gone. */
function presentFiles(former: FileTable, files: FileTable): Uint32Array {
  const numbers = fileNumbers(files);
  return Uint32Array.from(former.shown, (path) => numbers.get(path) ?? none32);
}

const sameTexts = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((text, index) => text === b[index]);

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
    ofFile[file] = filePosition(order, name, pathOf(file));
  }
  const [disabledFrom] = rows.bounds.disabled;
  return (row) => {
    const id = rows.keys[row]!;
    const file = rows.file[row]!;
    const own = file === none32 ? filePosition(order, packageOfId(id), '') : ofFile[file]!;
    const placed = rows.flags[row]! & rowFlags.ofSource ? own + 2 ** 32 : own;
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
