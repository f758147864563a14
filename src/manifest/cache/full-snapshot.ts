import type { Project } from '../../project/project.ts';
import { fileOrder } from '../file-order.ts';
import type { ParsedProject } from '../parse-project.ts';
import { buildRows } from './build-rows.ts';
import { detailsOf, isDangling, presentValues, validUntil } from './file-details.ts';
import { type FileTable, fileFinder } from './file-table.ts';
import { freshRows } from './fresh-row.ts';
import type { CacheRequest } from './parse-cache.ts';
import { digestsOf } from './read-sets.ts';
import { toldOf } from './record-parts.ts';
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
  const { services, internalPackages } = options;
  const { manifest, trace } = parsed;
  const generation = services.world.uuid();
  const order = fileOrder([project.root, ...project.packages], internalPackages);
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
  const shown = new Set(files.shown);
  const store = (list: typeof trace.fileWarnings) =>
    list.map((diagnostic) => storeDiagnostic(diagnostic, (path) => shown.has(path)));
  const record: RecordDraft = {
    build,
    fingerprint,
    generation,
    packages: files.packages,
    segments,
    values: digestsOf(details.readSets, presentValues(services)),
    validUntil: validUntil(manifest, services.world.startedAt),
    isDangling: isDangling(trace.fileWarnings),
    selectors: Object.fromEntries(manifest.selectors),
    fileWarnings: store(trace.fileWarnings),
    projectWarnings: store(trace.projectWarnings),
    ...toldOf(request, rows, details, store),
  };
  const snapshot = { record, files, details, rows };
  const replaced = readRecord(directory, build)?.record.segments ?? [];
  const written = writeSnapshot(directory, snapshot, replaced);
  return { ...snapshot, record: written, texts };
}
