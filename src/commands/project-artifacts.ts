import { join } from 'node:path';
import { type Compilation, compiledNode } from '../artifacts/compiled-node.ts';
import { writeGraphSummary } from '../artifacts/graph-summary.ts';
import { manifestMetadata, writeManifest } from '../artifacts/manifest-writer.ts';
import type { ArtifactContext } from '../artifacts/metadata.ts';
import { writeRunResults } from '../artifacts/run-results.ts';
import { writeSemanticManifest } from '../artifacts/semantic-manifest.ts';
import { writeSources } from '../artifacts/sources.ts';
import { writeStoredManifest } from '../artifacts/stored-manifest.ts';
import { isGraphSummary, type LastingArtifact } from '../artifacts/written.ts';
import type { CompiledText } from '../compile/services.ts';
import { publishedSelectors } from '../graph/selector-dict.ts';
import { hasRing } from '../manifest/cache/rings.ts';
import { hasTimeSpine } from '../manifest/cache/rows.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { FunctionNode, GraphNode, UniqueId, WorkedNode } from '../manifest/node.ts';
import type { RunResult } from '../run/result.ts';
import { freshnessRecord, resultRecord } from '../run/result-record.ts';
import type { InvocationContext } from './invocation.ts';
import { maskedArgs } from './masked-vars.ts';
import type { OpenManifest } from './open-manifest.ts';
import type { OpenProject } from './open-project.ts';
import type { ProjectOptions } from './options.ts';

export function artifactContext(context: InvocationContext): ArtifactContext {
  const { world, invocationId } = context;
  return { invocationId, invocationStartedAt: world.startedAt, generatedAt: world.now(), env: world.env };
}

/**
 * Writes `manifest.json` (nodes that were compiled carry their SQL), `semantic_manifest.json`, and for commands that
 * work with the graph `graph_summary.json`. A file that says the same already is left as it is, with the time and
 * invocation of whoever wrote it.
 */
export function writeManifestFile(
  context: InvocationContext,
  options: ProjectOptions,
  open: OpenManifest,
  texts: readonly (CompiledText | RunResult)[],
): void {
  if (options.writeJson === false) return;
  const { targetDirectory: folder } = open;
  const compiled = compilationsOf(open, texts);
  const once = lastingWriter(context, open);
  const path = join(folder, 'manifest.json');
  if (compiled.size === 0) once('manifest', path, (to) => writeNodes(context, open, compiled, to));
  else {
    writeNodes(context, open, compiled, path);
    context.emit({ name: 'artifact-written', artifact: 'manifest', path });
  }
  once('semantic_manifest', join(folder, 'semantic_manifest.json'), (to) =>
    writeSemanticManifest(semanticPart(open), to),
  );
  if (context.command === 'parse') return;
  const withTestEdges = context.command === 'build';
  const { invocationId } = context;
  const summary = withTestEdges ? 'graph_summary with tests' : 'graph_summary';
  once(summary, join(folder, 'graph_summary.json'), (to) =>
    writeGraphSummary(open.manifest, to, { invocationId, withTestEdges }),
  );
}

/** The semantic layer needs no more than the nodes with a time spine, which rows can tell. */
function semanticPart({ manifest, snapshot }: OpenManifest): Manifest {
  if (snapshot === null || manifest.semanticModels.size > 0) return manifest;
  return hasTimeSpine(snapshot.rows) ? manifest : { ...manifest, nodes: new Map() };
}

/** False where it is known that no nodes depend on each other in a ring: a manifest with one is never written. */
export function mayHaveRings(open: OpenManifest): boolean {
  const path = join(open.targetDirectory, 'manifest.json');
  const { written } = open;
  if (written?.isCurrent('manifest', path) === true) return false;
  if (open.snapshot === null) return true;
  if (written?.isRingless === true) return false;
  if (hasRing(open.snapshot.rows)) return true;
  written?.keepRingless();
  return false;
}

function lastingWriter(context: InvocationContext, { written }: OpenManifest) {
  return (artifact: LastingArtifact, path: string, write: (path: string) => void): void => {
    if (written?.isCurrent(artifact, path) === true) return;
    write(path);
    written?.keep(artifact, path);
    if (!isGraphSummary(artifact)) context.emit({ name: 'artifact-written', artifact, path });
  };
}

function writeNodes(
  context: InvocationContext,
  { manifest, quoting, snapshot }: OpenManifest,
  compiled: ReadonlyMap<UniqueId, Compilation>,
  path: string,
): void {
  const metadata = manifestMetadata(manifest, artifactContext(context), quoting);
  const selectors = publishedSelectors(manifest.selectors);
  if (snapshot !== null) {
    writeStoredManifest({ rows: snapshot.rows, texts: snapshot.texts, selectors }, compiled, metadata, path);
    return;
  }
  const nodes = new Map<UniqueId, GraphNode>(manifest.nodes);
  const functions = new Map<UniqueId, FunctionNode>(manifest.functions);
  for (const [id, compilation] of compiled) {
    const node = compiledNode(compilation);
    if (node.resource_type === 'function') functions.set(id, node);
    else nodes.set(id, node);
  }
  writeManifest({ ...manifest, nodes, functions, selectors }, metadata, path);
}

function compilationsOf(
  open: OpenManifest,
  texts: readonly (CompiledText | RunResult)[],
): ReadonlyMap<UniqueId, Compilation> {
  const out = new Map<UniqueId, Compilation>();
  if (texts.length === 0) return out;
  const { functions, nodes } = open.manifest;
  for (const text of texts) {
    const { compiledCode: code, compiledPath: path, calledMacros: macros } = text;
    const node = text.node as WorkedNode;
    const { unique_id: id } = node;
    const buildPath = ('buildPath' in text ? text.buildPath : null) ?? null;
    if (!(nodes.has(id) || functions.has(id)) || (code === null && buildPath === null)) continue;
    out.set(id, { node, path, code, macros, buildPath });
  }
  return out;
}

export function writeResultsFile(
  context: InvocationContext,
  options: ProjectOptions,
  { project }: OpenProject,
  results: readonly RunResult[],
  elapsedMs: number,
): void {
  if (options.writeJson === false) return;
  const path = join(project.targetDirectory, 'run_results.json');
  const records = results.map(resultRecord);
  writeRunResults(
    { context: artifactContext(context), results: records, elapsedMs, args: maskedArgs(context.args) },
    path,
  );
  context.emit({ name: 'artifact-written', artifact: 'run_results', path });
}

export function writeSourcesFile(
  context: InvocationContext,
  options: ProjectOptions,
  given: {
    readonly path: string;
    readonly results: readonly RunResult[];
    readonly elapsedMs: number;
  },
): void {
  if (options.writeJson === false) return;
  const { path, results, elapsedMs } = given;
  const records = results.flatMap((result) => freshnessRecord(result) ?? []);
  writeSources({ context: artifactContext(context), results: records, elapsedMs }, path);
  context.emit({ name: 'artifact-written', artifact: 'sources', path });
}
