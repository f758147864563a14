import { nameStartOf } from '../../context/ids.ts';
import { entryOf } from '../record.ts';
import { entryText } from './cached-node.ts';
import { type FileTable, fileNumbers, pathsOf } from './file-table.ts';
import { edgeCount, none32, rowFlags } from './rows.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * A part of a project to parse: of some units models alone, and of the properties files that describe them the
 * entries for these models; other units as a whole. Good for edits after which the same nodes depend on the same ones.
 */
export interface Slice {
  /** Everything that is read, by the path that errors show. */
  readonly files: ReadonlySet<string>;
  /** Files of units that are not parsed as a whole. */
  readonly sliced: ReadonlySet<string>;
  /** The rows that come of it. */
  readonly rows: ReadonlySet<number>;
  /** Whether a properties file is read, but not its entry for a model of that name. */
  passesOver(shown: string, modelName: string): boolean;
}

/** What is to be parsed for files that changed, or read what changed. Null where it is all units as a whole. */
export function sliceOf(snapshot: Snapshot, concerned: ReadonlySet<string>): Slice | null {
  const { files, details } = snapshot;
  const numbers = fileNumbers(files);
  const units = new Map<number, number[]>();
  for (const path of concerned) {
    const file = numbers.get(path);
    if (file === undefined) return null;
    entryOf(units, details.unit[file]!, () => []).push(file);
  }
  const members = new Map<number, number[]>([...units.keys()].map((unit) => [unit, []]));
  for (let file = 0; file < details.unit.length; file += 1) members.get(details.unit[file]!)?.push(file);
  const rows = rowsByFile(snapshot, members);
  const builder = new SliceBuilder(snapshot, rows);
  for (const [unit, wanted] of units) builder.add(wanted, members.get(unit)!);
  return builder.sliced.size === 0 ? null : builder;
}

function rowsByFile(
  { rows, details }: Snapshot,
  members: ReadonlyMap<number, readonly number[]>,
): ReadonlyMap<number, readonly number[]> {
  const out = new Map<number, number[]>();
  const isMember = new Uint8Array(details.unit.length);
  for (const files of members.values()) for (const file of files) isMember[file] = 1;
  for (let row = 0; row < rows.file.length; row += 1) {
    const file = rows.file[row]!;
    if (file !== none32 && isMember[file] === 1) entryOf(out, file, () => []).push(row);
  }
  return out;
}

class SliceBuilder implements Slice {
  readonly files = new Set<string>();
  readonly sliced = new Set<string>();
  readonly rows = new Set<number>();
  readonly #models = new Set<string>();
  readonly #snapshot: Snapshot;
  readonly #rowsOf: ReadonlyMap<number, readonly number[]>;
  readonly #warned: ReadonlySet<string>;

  constructor(snapshot: Snapshot, rowsOf: ReadonlyMap<number, readonly number[]>) {
    this.#snapshot = snapshot;
    this.#rowsOf = rowsOf;
    this.#warned = new Set(snapshot.record.fileWarnings.flatMap(({ span }) => span?.file ?? []));
  }

  passesOver(shown: string, modelName: string): boolean {
    return this.sliced.has(shown) && !this.#models.has(modelName);
  }

  /** Adds a unit, of which these files are wanted. */
  add(wanted: readonly number[], members: readonly number[]): void {
    const { files } = this.#snapshot;
    const properties = members.filter((file) => isOnly('properties', files, file));
    const isSliced =
      wanted.length < members.length &&
      wanted.every((file) => this.#isPlainModel(file)) &&
      members.every((file) => isOnly('models', files, file) || isOnly('properties', files, file)) &&
      properties.every((file) => this.#isPlainDescription(file));
    const read = isSliced ? [...wanted, ...properties] : members;
    for (const file of read) {
      this.files.add(files.shown[file]!);
      if (isSliced) this.sliced.add(files.shown[file]!);
    }
    if (isSliced) this.#addRows(wanted, properties);
    else for (const file of members) for (const row of this.#rowsIn(file)) this.rows.add(row);
  }

  #addRows(models: readonly number[], properties: readonly number[]): void {
    const { keys } = this.#snapshot.rows;
    const added = new Set(models.flatMap((file) => this.#rowsIn(file)));
    const names = new Set([...added].map((row) => keys[row]!.slice(nameStartOf(keys[row]!))));
    for (const row of added) this.rows.add(row);
    for (const name of names) this.#models.add(name);
    for (const row of properties.flatMap((file) => this.#rowsIn(file))) {
      if (this.#isEntryOf(row, added, names)) this.rows.add(row);
    }
  }

  #rowsIn = (file: number): readonly number[] => this.#rowsOf.get(file) ?? [];

  /** A file of one enabled model without versions, of which nothing is told. */
  #isPlainModel(file: number): boolean {
    const { files, rows } = this.#snapshot;
    if (!isOnly('models', files, file) || this.#warned.has(files.shown[file]!)) return false;
    return this.#rowsIn(file).every(
      (row) => row < rows.bounds.nodes[1] && (rows.flags[row]! & rowFlags.versioned) === 0,
    );
  }

  /** A file that defines tests of models and nothing else, and of which nothing is told. */
  #isPlainDescription(file: number): boolean {
    const { files, rows } = this.#snapshot;
    if (this.#warned.has(files.shown[file]!)) return false;
    return this.#rowsIn(file).every(
      (row) =>
        row < edgeCount(rows) &&
        rows.keys[row]!.startsWith('test.') &&
        (rows.flags[row]! & rowFlags.ofSource) === 0,
    );
  }

  /** Whether the test was defined by the entry of one of the models; others may have them for a parent too. */
  #isEntryOf(row: number, models: ReadonlySet<number>, names: ReadonlySet<string>): boolean {
    const { rows, texts, files } = this.#snapshot;
    const { parentStart, parents } = rows;
    let hasParent = false;
    for (let at = parentStart[row]!; at < parentStart[row + 1]!; at += 1) {
      hasParent ||= models.has(parents[at]!);
    }
    if (!hasParent) return false;
    const text = entryText({ rows, texts, pathOf: pathsOf(files) }, row);
    const { file_key_name: key } = JSON.parse(text) as { readonly file_key_name?: string };
    return key?.startsWith('models.') === true && names.has(key.slice('models.'.length));
  }
}

/** Whether a file may hold that kind and no other. */
function isOnly(kind: string, { role, roles }: FileTable, file: number): boolean {
  const kinds = Object.keys(roles[role[file]!]!);
  return kinds.length === 1 && kinds[0] === kind;
}
