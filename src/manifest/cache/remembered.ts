import type { Diagnostic } from '../../core/diagnostic.ts';
import type { Manifest } from '../manifest.ts';
import { cachedManifest } from './cached-manifest.ts';
import { pathsOf } from './file-table.ts';
import type { Snapshot } from './snapshot.ts';
import { restoreDiagnostic } from './told.ts';

/** The manifest of a snapshot, with the warnings that parsing the whole project gives. */
export function rememberedManifest(snapshot: Snapshot, warnings: readonly Diagnostic[]): Manifest {
  const { rows, texts, files, record } = snapshot;
  const { projectName, adapterType } = record.told;
  const selectors = new Map(Object.entries(record.selectors));
  return cachedManifest(
    { rows, texts, pathOf: pathsOf(files) },
    { projectName, adapterType, selectors, warnings },
  );
}

/** Warnings of files and of the project as a whole. */
export function rememberedWarnings({ record }: Snapshot, directory: string): readonly Diagnostic[] {
  return [...record.fileWarnings, ...record.projectWarnings].map((one) => restoreDiagnostic(one, directory));
}
