import { nameStartOf } from '../../context/ids.ts';
import { entryText } from './cached-node.ts';
import { type FileTable, fileNumbers, pathsOf } from './file-table.ts';
import { edgeCount, none32, rowFlags } from './rows.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * A part of a unit: some models, and of the properties files that describe them and others the entries for these
 * models alone. Good for edits after which the same nodes depend on the same ones: a model and its tests.
 */
export interface Slice {
  /** By the path that errors show. */
  readonly files: ReadonlySet<string>;
  /** Those among them that are read for their entries for the models. */
  readonly properties: ReadonlySet<string>;
  /** The rows that come of it. */
  readonly rows: ReadonlySet<number>;
  /** Names of the models. */
  readonly models: ReadonlySet<string>;
}

/** The slice of edited files; null where they are something else than models, or their unit holds anything else. */
export function sliceOf(snapshot: Snapshot, edited: ReadonlySet<string>): Slice | null {
  const { files, details, rows, record } = snapshot;
  const numbers = fileNumbers(files);
  const slice = {
    files: new Set<string>(),
    properties: new Set<string>(),
    rows: new Set<number>(),
    models: new Set<string>(),
  };
  const isEdited = new Uint8Array(files.shown.length);
  const units = new Set<number>();
  for (const path of edited) {
    const file = numbers.get(path);
    if (file === undefined || !isModel(files, file)) return null;
    isEdited[file] = 1;
    units.add(details.unit[file]!);
    slice.files.add(path);
  }
  const isDescribing = new Uint8Array(files.shown.length);
  for (let file = 0; file < isDescribing.length; file += 1) {
    if (!units.has(details.unit[file]!) || isModel(files, file)) continue;
    if (!isProperties(files, file)) return null;
    isDescribing[file] = 1;
    slice.files.add(files.shown[file]!);
    slice.properties.add(files.shown[file]!);
  }
  if (record.fileWarnings.some(({ span }) => span === null || slice.files.has(span.file))) return null;
  const models = new Set<number>();
  const described: number[] = [];
  for (let row = 0; row < rows.keys.length; row += 1) {
    const file = rows.file[row]!;
    if (file === none32) continue;
    if (isEdited[file] === 1) {
      if (!isPlainModel(snapshot, row)) return null;
      models.add(row);
      slice.models.add(rows.keys[row]!.slice(nameStartOf(rows.keys[row]!)));
    } else if (isDescribing[file] === 1) {
      if (!isTestOfNode(snapshot, row)) return null;
      described.push(row);
    }
  }
  for (const row of models) slice.rows.add(row);
  for (const row of described) if (isEntryOf(snapshot, row, models, slice.models)) slice.rows.add(row);
  return slice;
}

function isModel({ role, roles }: FileTable, file: number): boolean {
  const kinds = Object.keys(roles[role[file]!]!);
  return kinds.length === 1 && kinds[0] === 'models';
}

function isProperties({ role, roles }: FileTable, file: number): boolean {
  const kinds = Object.keys(roles[role[file]!]!);
  return kinds.length === 1 && kinds[0] === 'properties';
}

function isPlainModel({ rows }: Snapshot, row: number): boolean {
  const id = rows.keys[row]!;
  const isHere = row < rows.bounds.nodes[1] && id.startsWith('model.');
  return isHere && (rows.flags[row]! & rowFlags.versioned) === 0;
}

function isTestOfNode({ rows }: Snapshot, row: number): boolean {
  return (
    row < edgeCount(rows) &&
    rows.keys[row]!.startsWith('test.') &&
    (rows.flags[row]! & rowFlags.ofSource) === 0
  );
}

/** Whether the test was defined by the entry of one of the models; others may have them for a parent too. */
function isEntryOf(
  snapshot: Snapshot,
  row: number,
  models: ReadonlySet<number>,
  names: ReadonlySet<string>,
): boolean {
  const { rows, texts, files } = snapshot;
  const { parentStart, parents } = rows;
  let hasParent = false;
  for (let at = parentStart[row]!; at < parentStart[row + 1]!; at += 1)
    hasParent ||= models.has(parents[at]!);
  if (!hasParent) return false;
  const { file_key_name: key } = JSON.parse(entryText({ rows, texts, pathOf: pathsOf(files) }, row)) as {
    readonly file_key_name?: string;
  };
  return key?.startsWith('models.') === true && names.has(key.slice('models.'.length));
}
