import { typeOfId } from '../context/ids.ts';
import { rowOf } from '../manifest/cache/key-index.ts';
import { dottedFqn } from '../manifest/cache/row-names.ts';
import type { Rows } from '../manifest/cache/rows.ts';
import { findNode } from '../manifest/manifest.ts';
import type { AnyNode, UniqueId, UnitTestNode } from '../manifest/node.ts';
import type { Invocation, Surroundings } from './invocation.ts';
import { invoke } from './invocation.ts';
import { type OpenManifest, openManifest } from './open-manifest.ts';
import type { SelectionOptions } from './options.ts';
import { writeManifestFile } from './project-artifacts.ts';
import { projectGraph } from './project-graph.ts';
import { selectNodes } from './select-nodes.ts';
import { treatmentOf } from './warning-treatment.ts';

export interface ListOptions extends SelectionOptions {
  /** Names as for `select`, and of what they mean the models only. */
  readonly models?: readonly string[];
  /** `selector` unless given. */
  readonly output?: 'json' | 'name' | 'path' | 'selector';
  /** Keys of each object under `output: 'json'`. */
  readonly outputKeys?: readonly string[];
}

export interface ListOutcome {
  readonly success: boolean;
  /** Cancelled before all was done. */
  readonly interrupted: boolean;
  readonly ids: readonly UniqueId[];
  /** One line per node in the form that `output` asks for, in alphabetical order of unique ids. */
  readonly lines: readonly string[];
}

/** Lists what a selection means. Needs no warehouse. */
export function list(options: ListOptions, surroundings: Surroundings): Invocation<ListOutcome> {
  return invoke('list', surroundings, treatmentOf(options), { ids: [], lines: [] }, async (context) => {
    const project = await openManifest(context, options);
    const graph = projectGraph(project);
    const { models } = options;
    const selected =
      models === undefined ? options : { ...options, select: models, resourceTypes: ['model'] };
    const selection = await selectNodes(context, selected, project, {
      graph,
      allowed: listedTypes,
      onlyNamed: ['analysis'],
      includeEmpty: true,
    });
    writeManifestFile(context, options, project, []);
    // By code units, as every list of ids.
    const ids = [...selection.ids].sort();
    if (ids.length === 0) context.emit({ name: 'nothing-selected' });
    return { success: true, interrupted: false, ids, lines: linesOf(project, options, ids) };
  });
}

function linesOf(
  { manifest, snapshot }: OpenManifest,
  options: ListOptions,
  ids: readonly UniqueId[],
): readonly string[] {
  const ofNode = (id: UniqueId): string => line(findNode(manifest, id)!, options);
  if (snapshot === null || (options.output ?? 'selector') !== 'selector') return ids.map(ofNode);
  return ids.map((id) => rowSelector(snapshot.rows, id) ?? ofNode(id));
}

/** What a row says of a node that is listed by its id or its fqn: most are, and there may be tens of thousands. */
function rowSelector(rows: Rows, id: UniqueId): string | undefined {
  if (typeOfId(id) === 'unit_test') return undefined;
  const byId = idSelector(id);
  if (byId !== undefined) return byId;
  const row = rowOf(rows, id);
  return row === undefined ? undefined : dottedFqn(rows, row);
}

/** Types whose selector is their unique id with a colon behind the type. */
const listedById: ReadonlySet<string> = new Set([
  'source',
  'exposure',
  'metric',
  'saved_query',
  'semantic_model',
]);

/** Undefined for types that are listed otherwise. */
function idSelector(id: UniqueId): string | undefined {
  const type = typeOfId(id);
  return listedById.has(type) ? `${type}:${id.slice(type.length + 1)}` : undefined;
}

const listedTypes = [
  'model',
  'snapshot',
  'seed',
  'test',
  'source',
  'exposure',
  'metric',
  'semantic_model',
  'saved_query',
  'analysis',
  'unit_test',
  'function',
] as const;

/** dbt's keys of `--output json` unless others are asked for. */
const defaultKeys: ReadonlySet<string> = new Set([
  'alias',
  'name',
  'package_name',
  'depends_on',
  'tags',
  'config',
  'resource_type',
  'source_name',
  'original_file_path',
  'unique_id',
]);

function line(node: AnyNode, options: ListOptions): string {
  switch (options.output ?? 'selector') {
    case 'name':
      return searchName(node);
    case 'path':
      return node.original_file_path;
    case 'json':
      return JSON.stringify(pick(node, options.outputKeys));
    case 'selector':
      return selectorOf(node);
  }
}

function searchName(node: AnyNode): string {
  if (node.resource_type === 'source') return `${node.source_name}.${node.name}`;
  if (node.resource_type === 'unit_test') return node.name;
  const version = 'version' in node ? node.version : null;
  return version === null || version === undefined ? node.name : `${node.name}.v${String(version)}`;
}

const versionedName = ({ name, version }: UnitTestNode): string =>
  version === null ? name : `${name}_v${version}`;

function selectorOf(node: AnyNode): string {
  if (node.resource_type === 'unit_test') return `unit_test:${node.package_name}.${versionedName(node)}`;
  return idSelector(node.unique_id) ?? node.fqn.join('.');
}

function pick(node: AnyNode, keys: readonly string[] | undefined): Record<string, unknown> {
  const record = node as unknown as Readonly<Record<string, unknown>>;
  const wanted =
    keys === undefined || keys.length === 0
      ? Object.keys(record).filter((key) => defaultKeys.has(key))
      : keys.flatMap((key) => key.split(/[\s,]+/));
  const out: Record<string, unknown> = {};
  for (const key of wanted) {
    const [first, ...rest] = key.split('.');
    if (first === undefined || !Object.hasOwn(record, first)) continue;
    out[key] = rest.reduce<unknown>(
      (value, part) => (value as Readonly<Record<string, unknown>>)?.[part],
      record[first],
    );
  }
  return out;
}
