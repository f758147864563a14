import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { DiagnosticError } from '../core/diagnostic.ts';
import { isMissing, isSystemError } from '../core/system-error.ts';
import { artifactNotRead, artifactNotUnderstood } from './errors.ts';
import type { CatalogArtifact } from './schemas/catalog.ts';
import type { ManifestArtifact } from './schemas/manifest.ts';
import type { RunResultsArtifact } from './schemas/run-results.ts';
import type { SourcesArtifact } from './schemas/sources.ts';

// The schemas are loaded when an artifact is read, because zod is slow to load and most invocations read none.

/** Reads and checks `manifest.json` v12. Throws `artifact-not-read`, `artifact-not-understood`. */
export async function readManifest(path: string): Promise<ManifestArtifact> {
  return check(path, 'manifest v12', (await import('./schemas/manifest.ts')).manifestSchema);
}

/** Reads and checks `run_results.json` v6. Throws `artifact-not-read`, `artifact-not-understood`. */
export async function readRunResults(path: string): Promise<RunResultsArtifact> {
  return check(path, 'run-results v6', (await import('./schemas/run-results.ts')).runResultsSchema);
}

/** Reads and checks `catalog.json` v1. Throws `artifact-not-read`, `artifact-not-understood`. */
export async function readCatalog(path: string): Promise<CatalogArtifact> {
  return check(path, 'catalog v1', (await import('./schemas/catalog.ts')).catalogSchema);
}

/** Reads and checks `sources.json` v3. Throws `artifact-not-read`, `artifact-not-understood`. */
export async function readSources(path: string): Promise<SourcesArtifact> {
  return check(path, 'sources v3', (await import('./schemas/sources.ts')).sourcesSchema);
}

async function check<T>(path: string, kind: string, schema: z.ZodType<T>): Promise<T> {
  const parsed = schema.safeParse(await readJson(path, kind));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const detail = issue === undefined ? 'unknown shape' : `${issue.path.join('.')}: ${issue.message}`;
  throw new DiagnosticError(artifactNotUnderstood(path, kind, detail), { cause: parsed.error });
}

/** As `readJson`; undefined where there is no such file. */
export async function readJsonIfThere(path: string, kind: string): Promise<unknown> {
  try {
    return await readJson(path, kind);
  } catch (caught) {
    if (caught instanceof DiagnosticError && isMissing(caught.cause)) return undefined;
    throw caught;
  }
}

/** A file as JSON; `kind` names it in errors. Throws `artifact-not-read`, `artifact-not-understood`. */
async function readJson(path: string, kind: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (caught) {
    if (!isSystemError(caught)) throw caught;
    throw new DiagnosticError(artifactNotRead(path, caught), { cause: caught });
  }
  try {
    return JSON.parse(text);
  } catch (caught) {
    throw new DiagnosticError(artifactNotUnderstood(path, kind, 'it is no JSON'), { cause: caught });
  }
}
