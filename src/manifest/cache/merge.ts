import type { Manifest } from '../manifest.ts';
import type { ParsedRow } from './build-rows.ts';
import type { CachedRows } from './cached-node.ts';
import type { FileTable } from './file-table.ts';
import { type FreshRow, freshRows, lineOf, type RowContext } from './fresh-row.ts';
import type { PartialParse } from './partial-parse.ts';
import type { Rows, Section } from './rows.ts';

/** What a partial parse changes of the rows. */
export interface RowChange {
  /** Everything that was parsed, in order. */
  readonly fresh: readonly ParsedRow[];
  /** True for former rows of other files. */
  keeps(row: number): boolean;
  /** Something is called otherwise, placed otherwise, or is new or gone, so that configuration may apply otherwise. */
  readonly namesChanged: boolean;
}

export interface ChangeRequest {
  readonly content: Omit<Manifest, 'selectors' | 'warnings'>;
  readonly context: RowContext;
  readonly former: CachedRows;
  readonly formerFiles: FileTable;
  readonly part: Pick<PartialParse, 'files' | 'isParsedRow'>;
  /** Something was looked for in vain before. */
  readonly isDangling: boolean;
}

/**
 * The entries of files that were parsed anew against those that they had before. Null where somebody else may see the
 * difference: a name that was there is gone, a new one means something to others, two are one relation.
 */
export function changeOf(request: ChangeRequest): RowChange | null {
  const { former, formerFiles, content, context } = request;
  const { rows } = former;
  const { files, isParsedRow: isParsed } = request.part;
  const before = new Map<string, number>();
  for (const [section, [from, to]] of Object.entries(rows.bounds)) {
    for (let row = from; row < to; row += 1)
      if (isParsed(row)) before.set(`${section} ${rows.keys[row]!}`, row);
  }
  const fresh: ParsedRow[] = [];
  const changes = new Changes(request, isParsed);
  const isOurs = ownFile(formerFiles, files);
  for (const row of freshRows(content, context, isOurs)) {
    const known = before.get(`${row.section} ${row.key}`);
    before.delete(`${row.section} ${row.key}`);
    if (!changes.add(row, known)) return null;
    fresh.push(known !== undefined && isSame(former, known, row) ? { ...row, former: known } : row);
  }
  for (const row of before.values()) if (!changes.remove(row)) return null;
  return {
    fresh,
    keeps: (row) => !isParsed(row),
    namesChanged: changes.namesChanged,
  };
}

/** Of everything that was parsed, only what lies in these files: macros and docs of others were parsed along. */
function ownFile(formerFiles: FileTable, files: ReadonlySet<string>) {
  const prefixes = new Map(formerFiles.packages.map(({ name, prefix }) => [name, prefix]));
  return (packageName: string, path: string): boolean => {
    const prefix = prefixes.get(packageName);
    return prefix !== undefined && files.has(prefix + path);
  };
}

/** A second look at the same text gives the same row, but for the time at which it was made. */
function isSame({ rows, texts }: CachedRows, row: number, fresh: FreshRow): boolean {
  const { segment, offset, length } = rows.entry;
  const line = texts.text(segment[row]!, offset[row]!, length[row]!);
  const present = lineOf(fresh);
  return line === present || withoutTime(line) === withoutTime(present);
}

const withoutTime = (line: string): string => line.replace(/"created_at":[\d.e+]+/g, '');

/** Judges one entry after the other by whether others may see what changes with it. */
class Changes {
  readonly #request: ChangeRequest;
  readonly #isParsed: (row: number) => boolean;
  #namesChanged = false;
  #ids: ReadonlySet<string> | null = null;
  #relations: ReadonlySet<number> | null = null;
  #withChildren: Uint8Array | null = null;
  readonly #newRelations = new Set<number>();

  constructor(request: ChangeRequest, isParsed: (row: number) => boolean) {
    this.#request = request;
    this.#isParsed = isParsed;
  }

  get namesChanged(): boolean {
    return this.#namesChanged;
  }

  /** False where the difference may be seen from outside. */
  add(row: FreshRow, known: number | undefined): boolean {
    const { rows } = this.#request.former;
    if (known !== undefined && rows.face[known] === row.face) {
      return rows.relation[known] === row.relation || this.#isFreeRelation(row.relation);
    }
    this.#namesChanged = true;
    if (known !== undefined) return this.remove(known) && this.#isFreeRelation(row.relation);
    if (row.section === 'groups' || row.section === 'macros' || row.section === 'docs') return false;
    if (this.#outsideIds().has(row.key)) return false;
    if (!this.#isFreeRelation(row.relation)) return false;
    return isTest(row.key) || !this.#request.isDangling ? !this.#isKnownName(row) : false;
  }

  remove(row: number): boolean {
    const { rows } = this.#request.former;
    const section = sectionOf(rows, row);
    this.#namesChanged = true;
    if (section === 'groups' || section === 'macros' || section === 'docs') return false;
    if (isTest(rows.keys[row]!)) return true;
    return !this.#request.isDangling && this.#childrenOutside()[row] !== 1;
  }

  /** Whether another package has something of that name, so that it might be meant instead. */
  #isKnownName({ key, section }: FreshRow): boolean {
    if (isTest(key)) return false;
    const name = key.slice(key.indexOf('.', key.indexOf('.') + 1) + 1);
    const { rows } = this.#request.former;
    const [from, to] = rows.bounds[section];
    for (let row = from; row < to; row += 1) {
      if (rows.keys[row]!.endsWith(`.${name}`) && !this.#isParsed(row)) return true;
    }
    return false;
  }

  #isFreeRelation(relation: number): boolean {
    if (relation === 0) return true;
    if (this.#newRelations.has(relation)) return false;
    this.#newRelations.add(relation);
    this.#relations ??= this.#outsideRelations();
    return !this.#relations.has(relation);
  }

  #outsideRelations(): ReadonlySet<number> {
    const { rows } = this.#request.former;
    const out = new Set<number>();
    for (const [row, relation] of rows.relation.entries()) {
      if (relation !== 0 && !this.#isParsed(row)) out.add(relation);
    }
    return out;
  }

  #outsideIds(): ReadonlySet<string> {
    const { keys } = this.#request.former.rows;
    this.#ids ??= new Set(keys.filter((_, row) => !this.#isParsed(row)));
    return this.#ids;
  }

  /** Former rows that rows of other files depend on. */
  #childrenOutside(): Uint8Array {
    if (this.#withChildren === null) {
      const { rows } = this.#request.former;
      this.#withChildren = new Uint8Array(rows.keys.length);
      for (let row = 0; row < rows.keys.length; row += 1) {
        if (this.#isParsed(row)) continue;
        for (let at = rows.parentStart[row]!; at < rows.parentStart[row + 1]!; at += 1) {
          this.#withChildren[rows.parents[at]!] = 1;
        }
      }
    }
    return this.#withChildren;
  }
}

const isTest = (id: string): boolean => id.startsWith('test.') || id.startsWith('operation.');

function sectionOf({ bounds }: Rows, row: number): Section {
  const found = Object.entries(bounds).find(([, [from, to]]) => row >= from && row < to);
  return found![0] as Section;
}
