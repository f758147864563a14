import { scanBlocks } from '../jinja/blocks.ts';
import type { TemplateSource } from '../jinja/template.ts';
import { fileChecksum, stripText } from '../project/checksum.ts';
import type { ProjectPackage, SourceFile } from '../project/project.ts';
import { makeNode, type NodeSeed } from './make-node.ts';
import { duplicateResource } from './name-errors.ts';
import type { NodeConfig } from './node.ts';
import type { ParsedNode } from './node-store.ts';
import type { ParseState } from './parse-state.ts';
import { baseName, fqnPrefix, shownPath, siblingSql, withinFolder, withoutExtension } from './paths.ts';
import { readPythonModel } from './python/model.ts';
import { renderNode } from './render-node.ts';
import { catchTemplate } from './template-failures.ts';

type SqlKind = 'model' | 'analysis' | 'test';

/** Models, analyses and singular tests: one node per file, named after it. */
export function parseSqlFile(state: ParseState, kind: SqlKind, pack: ProjectPackage, file: SourceFile): void {
  const inFolder = withinFolder(file.path, file.folder);
  const name = withoutExtension(baseName(file.path));
  const path =
    kind === 'analysis' ? `analysis/${inFolder}` : kind === 'test' ? siblingSql(inFolder, name) : inFolder;
  const shown = shownPath(state, pack, file.path);
  const isPython = kind === 'model' && file.path.endsWith('.py');
  const part = strippedPart(file.text);
  const parsed = makeNode(state, {
    type: kind,
    packageName: pack.name,
    name,
    uniqueId: `${kind}.${pack.name}.${name}`,
    path,
    originalFilePath: file.path,
    fqn: [...fqnPrefix(pack.name, path), name],
    checksum: fileChecksum(file),
    rawCode: part.text.slice(part.start, part.end),
    language: isPython ? 'python' : 'sql',
    place: () => ({ file: shown, text: file.text, start: 0, end: 0 }),
  });
  if (isPython) readPythonModel(state, parsed, shown, file.text);
  else renderText(state, parsed, { path: shown, ...part });
  keep(state, parsed);
}

function renderText(state: ParseState, parsed: ParsedNode, source: TemplateSource): void {
  const done = catchTemplate(state.found, () => {
    renderNode(state, parsed, source);
    return true;
  });
  if (done === undefined) parsed.unread = true;
}

const snapshotTag: ReadonlySet<string> = new Set(['snapshot']);

/** Each snapshot block of a file is a node whose fqn holds the file's name too. */
export function parseSnapshotFile(state: ParseState, pack: ProjectPackage, file: SourceFile): void {
  const { path, text } = file;
  const shown = shownPath(state, pack, path);
  const { blocks, diagnostics } = scanBlocks({ path: shown, text }, snapshotTag);
  for (const diagnostic of diagnostics) state.found.add(diagnostic);
  const inFolder = withinFolder(path, file.folder);
  for (const block of blocks) {
    const name = block.name ?? '';
    const parsed = makeNode(state, {
      type: 'snapshot',
      packageName: pack.name,
      name,
      uniqueId: `snapshot.${pack.name}.${name}`,
      path: inFolder,
      originalFilePath: path,
      fqn: [...fqnPrefix(pack.name, inFolder), withoutExtension(baseName(path)), name],
      checksum: fileChecksum(file),
      rawCode: text.slice(block.bodyStart, block.bodyEnd),
      place: () => ({ file: shown, text, start: block.start, end: block.bodyStart }),
    });
    renderText(state, parsed, { path: shown, text, start: block.bodyStart, end: block.bodyEnd });
    keep(state, parsed);
  }
}

/** A node that has no text of its own to render: a seed, a hook, a snapshot of YAML. */
export function addNode(state: ParseState, seed: NodeSeed): ParsedNode {
  const parsed = makeNode(state, seed);
  keep(state, parsed);
  return parsed;
}

const plural: Readonly<Record<string, string>> = {
  model: 'models',
  analysis: 'analyses',
  test: 'tests',
  snapshot: 'snapshots',
  seed: 'seeds',
  operation: 'hooks',
};

/** Adds a rendered node where its text and the project files put it: properties may still change that. */
export function keep(state: ParseState, parsed: ParsedNode): void {
  const { node, calls } = parsed;
  const request = {
    type: node.resource_type,
    packageName: node.package_name,
    fqn: node.fqn,
    patch: null,
    calls,
  };
  const enabled = state.configs.enabled(request);
  if (node.config.enabled !== enabled) node.config = { ...node.config, enabled } as NodeConfig;
  if (enabled === false) {
    state.store.addDisabled(parsed);
    return;
  }
  const existing = state.store.add(parsed);
  if (existing === null) return;
  const kind = plural[node.resource_type] ?? node.resource_type;
  const [path, other] = [node.original_file_path, existing.node.original_file_path];
  state.found.add(duplicateResource(kind, node.name, path, other, parsed.place(), existing.place()));
}

/** Rendering must see the text as dbt reads it, while places stay those of the file. */
export function strippedPart(text: string): { text: string; start: number; end: number } {
  const inner = stripText(text);
  const start = inner === '' ? 0 : text.indexOf(inner);
  return { text, start, end: start + inner.length };
}
