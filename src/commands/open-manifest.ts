import { join } from 'node:path';
import { WrittenArtifacts } from '../artifacts/written.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import { unlessRefused } from '../core/system-error.ts';
import { passGate } from '../manifest/cache/gate.ts';
import { rememberedManifest } from '../manifest/cache/remembered.ts';
import { type ReadRecord, readRest, type Snapshot } from '../manifest/cache/snapshot.ts';
import { restoreDiagnostic } from '../manifest/cache/told.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { gateRequest, remembers } from './gate-request.ts';
import type { InvocationContext } from './invocation.ts';
import type { ProjectOptions } from './options.ts';

/** What a project's manifest says, for commands that render nothing. */
export interface OpenManifest {
  readonly manifest: Manifest;
  /** The entries of `selectors.yml`, rendered. */
  readonly selectorDefinitions: readonly unknown[];
  /** Absolute. */
  readonly targetDirectory: string;
  /** Of relations' names, the adapter's defaults filled in. */
  readonly quoting: { readonly database: boolean; readonly schema: boolean; readonly identifier: boolean };
  /** Which artifacts hold what the manifest says; null where nothing was remembered. */
  readonly written: WrittenArtifacts | null;
  /** What the parse cache holds of the manifest; null where it cannot be written. */
  readonly snapshot: Snapshot | null;
}

/**
 * The project's manifest: as it is remembered, if nothing that it stands on has changed, which takes no more than a
 * look at the time stamps of its files; else `openProject`'s. Its warnings are told. Throws as that does.
 */
export async function openManifest(
  context: InvocationContext,
  options: ProjectOptions,
): Promise<OpenManifest> {
  const start = context.world.elapsed();
  const request = gateRequest(context, options);
  const read = remembers(context, options) ? unlessRefused(() => passGate(request)) : null;
  // Between the look at the record and that at its rows another process may write both.
  const written = read && new WrittenArtifacts(request.directory, read.record);
  const later = context.command === 'parse' && written !== null && isCurrent(written, read!);
  const rest = read === null || later ? null : unlessRefused(() => readRest(request.directory, read));
  if (read === null || written === null || (rest === null && !later)) {
    const { openProject } = await import('./open-project.ts');
    return openProject(context, options, request.look);
  }
  const { record } = read;
  const directory = record.gate!.directory;
  context.emit({ name: 'adapter-registered', adapterType: record.told.adapterType });
  const stored = [...record.settingsWarnings, ...record.fileWarnings, ...record.projectWarnings];
  const warnings = stored.map((one) => restoreDiagnostic(one, directory));
  context.reportAll(warnings);
  const { counts, targetDirectory, quoting, ...told } = record.told;
  const elapsedMs = context.world.elapsed() - start;
  context.emit({ name: 'project-parsed', ...told, elapsedMs, counts, extent: 'nothing' });
  context.signal.throwIfAborted();
  return new RememberedManifest(request.directory, read, rest, written, warnings);
}

/** `parse` asks for no entries where the artifacts that it writes are what it would write. */
function isCurrent(written: WrittenArtifacts, { record }: ReadRecord): boolean {
  const { targetDirectory } = record.told;
  return (['manifest', 'semantic_manifest'] as const).every((artifact) =>
    written.isCurrent(artifact, join(targetDirectory, `${artifact}.json`)),
  );
}

/** Its entries are read when something asks for them. */
class RememberedManifest implements OpenManifest {
  readonly #directory: string;
  readonly #read: ReadRecord;
  readonly #warnings: readonly Diagnostic[];
  readonly written: WrittenArtifacts;
  #snapshot: Snapshot | null;
  #manifest: Manifest | null = null;

  constructor(
    directory: string,
    read: ReadRecord,
    rest: Snapshot | null,
    written: WrittenArtifacts,
    warnings: readonly Diagnostic[],
  ) {
    this.#directory = directory;
    this.#read = read;
    this.#snapshot = rest;
    this.written = written;
    this.#warnings = warnings;
  }

  get snapshot(): Snapshot {
    this.#snapshot ??= readRest(this.#directory, this.#read);
    if (this.#snapshot === null) throw new Error('the parse cache was damaged while it was read');
    return this.#snapshot;
  }

  get manifest(): Manifest {
    this.#manifest ??= rememberedManifest(this.snapshot, this.#warnings);
    return this.#manifest;
  }

  get selectorDefinitions(): readonly unknown[] {
    return Object.values(this.#read.record.selectors);
  }

  get targetDirectory(): string {
    return this.#read.record.told.targetDirectory;
  }

  get quoting(): OpenManifest['quoting'] {
    return this.#read.record.told.quoting;
  }
}
