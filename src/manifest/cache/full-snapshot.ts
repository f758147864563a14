import type { Project } from '../../project/project.ts';
import type { ParsedProject } from '../parse-project.ts';
import { buildRows } from './build-rows.ts';
import { detailsOf, isDangling, presentValues, validUntil } from './file-details.ts';
import { type FileTable, fileFinder, tableOrder } from './file-table.ts';
import { freshRows } from './fresh-row.ts';
import type { CacheRequest } from './parse-cache.ts';
import { digestsOf, parseReadSet } from './read-sets.ts';
import { countsOf, toldOf } from './record-parts.ts';
import { SegmentReader, SegmentWriter } from './segments.ts';
import { type RecordDraft, readRecord, type Snapshot, segmentPrefix, writeSnapshot } from './snapshot.ts';
import { storeDiagnostic } from './told.ts';

/** Writes everything that was parsed into the cache's folder; null where somebody deletes it meanwhile. */
export function fullSnapshot(
  request: CacheRequest & { readonly fingerprint: string },
  parsed: ParsedProject,
  project: Project,
  files: FileTable,
): Snapshot | null {
  const { directory, build, fingerprint, options } = request;
  const { services } = options;
  const { manifest, trace } = parsed;
  const generation = services.world.uuid();
  const order = tableOrder(files);
  const findFile = fileFinder(files);
  const writer = new SegmentWriter(directory, `${segmentPrefix}${generation}`);
  const rows = writer.during(() =>
    buildRows({
      fresh: freshRows(manifest, { order, facts: services.facts }),
      former: null,
      fileOf: ({ packageName, path }) => findFile(packageName, path),
      segment: 0,
      writer,
    }),
  );
  const segments = [writer.close()];
  const texts = SegmentReader.open(directory, segments);
  if (texts === null) return null;
  const details = detailsOf(parsed, project, files);
  const sets = details.readSets.map(parseReadSet);
  const shown = new Set(files.shown);
  const store = (list: typeof trace.fileWarnings) =>
    list.map((diagnostic) => storeDiagnostic(diagnostic, (path) => shown.has(path)));
  const record: RecordDraft = {
    build,
    fingerprint,
    generation,
    edges: generation,
    segments,
    validUntil: validUntil(manifest, services.world.startedAt),
    isDangling: isDangling(trace.fileWarnings),
    selectors: Object.fromEntries(manifest.selectors),
    fileWarnings: store(trace.fileWarnings),
    projectWarnings: store(trace.projectWarnings),
    isVolatile: sets.some(({ volatile }) => volatile),
    ...toldOf(request, countsOf(rows), digestsOf(sets, presentValues(services)), store),
  };
  const snapshot = { record, files, details, rows };
  const replaced = readRecord(directory, build)?.record.segments ?? [];
  const written = writeSnapshot(directory, snapshot, replaced);
  return { ...snapshot, record: written, texts };
}
