import { readFile, stat } from 'node:fs/promises';
import type { SeedKind } from '../../adapter/facts.ts';
import { type Diagnostic, DiagnosticError } from '../../core/diagnostic.ts';
import { type Span, spanOfLine } from '../../core/span.ts';
import { type CellText, type SeedLoading, valueText, warehouseText } from './cell.ts';
import { type CsvOddities, CsvParser } from './csv.ts';
import {
  badDelimiter,
  emptySeed,
  moreLongRows,
  notUtf8,
  rowTooLong,
  type SeedPlace,
  unreadable,
} from './errors.ts';
import { columnNames, letterName } from './header.ts';
import { ColumnInference, type Reading } from './infer.ts';
import { scanPlain } from './plain-scan.ts';
import { InvalidText, textChunks } from './text-chunks.ts';

export interface SeedOptions {
  /** The file as errors name it: relative to the project's root. */
  readonly file: string;
  /** One character; a comma unless given. */
  readonly delimiter?: string;
  /** Columns whose type the project declares (`column_types`): their cells stay text. */
  readonly textColumns?: Iterable<string>;
  /** `values` unless given. */
  readonly loading?: SeedLoading;
}

export interface SeedColumn {
  readonly name: string;
  readonly kind: SeedKind;
  /** What the cells were read as; templates see values of this type. */
  readonly reading: Reading;
  /** An integer column holds a number that does not fit in 32 bits. */
  readonly wide: boolean;
}

/** A seed file after one pass over all of its rows; rows are read again when asked for. */
export interface Seed {
  readonly path: string;
  readonly delimiter: string;
  readonly columns: readonly SeedColumn[];
  readonly rowCount: number;
  /** True where the warehouse's own reader of delimited files gives the same rows. */
  readonly plain: boolean;
  /** Rows for the warehouse: text that its types take as dbt's values. */
  rows(): AsyncIterable<readonly (string | null)[]>;
  /** Rows for templates: text of the values that `load_agate_table` shows. */
  values(): AsyncIterable<readonly (string | null)[]>;
  /** The first line of a row, counted from 1; null where there are fewer, or the file is too large to be shown. */
  placeOfRow(row: number): Promise<Span | null>;
  /** The same of a record, counted from 1 with the header and with blank lines. */
  placeOfRecord(record: number): Promise<Span | null>;
  /** A line, counted from 1. */
  placeOfLine(line: number): Promise<Span | null>;
}

/**
 * Reads a seed file and infers its columns as dbt does, from every row, with memory for one chunk. Rows with fewer
 * cells than columns end in nulls. Throws DiagnosticError: `seed-row-too-long`, `seed-not-utf8`, `seed-empty`,
 * `seed-delimiter`, `seed-unreadable`.
 */
export async function readSeed(path: string, options: SeedOptions): Promise<Seed> {
  const { file, delimiter = ',', loading = 'values' } = options;
  if ([...delimiter].length !== 1 || '"\r\n'.includes(delimiter)) {
    throw new DiagnosticError(badDelimiter(file, delimiter));
  }
  const textColumns = new Set(options.textColumns ?? []);
  const simple = await readable(file, () => scanSimple(path, { file, delimiter, textColumns, loading }));
  if (simple !== null) return simple;
  const scan = new SeedScan(textColumns, loading);
  const parser = new CsvParser(delimiter);
  await readable(file, async () => {
    for await (const { records, lines } of batches(path, parser)) scan.add(records, lines);
  });
  if (scan.names === null || scan.names.length === 0) throw new DiagnosticError(emptySeed(file));
  if (scan.longRows.length > 0) throw new DiagnosticError(await longRowErrors(path, file, scan));
  const columns = scan.columns();
  return seedOf(
    { path, file, delimiter, columns, skipBlank: scan.skipsBlank },
    { rowCount: scan.rowCount, plain: scan.isPlain(parser.oddities, delimiter), loading },
  );
}

/** A file that has nothing to stumble over; null for any other. */
async function scanSimple(
  path: string,
  {
    file,
    delimiter,
    textColumns,
    loading,
  }: { file: string; delimiter: string; textColumns: Set<string>; loading: SeedLoading },
): Promise<Seed | null> {
  // An engine that reads the file for dbt decides itself what is null.
  const scan = await scanPlain(path, { delimiter, textColumns, looksForNulls: loading === 'values' });
  if (scan === null) return null;
  const { names, inferences, rowCount } = scan;
  return seedOf(
    { path, file, delimiter, columns: seedColumns(names, inferences), skipBlank: loading === 'copy' },
    { rowCount, plain: isSpeltPlainly(inferences, loading), loading },
  );
}

const seedColumns = (names: readonly string[], inferences: readonly ColumnInference[]): SeedColumn[] =>
  names.map((name, index) => {
    const { kind, reading, wide } = inferences[index]!;
    return { name, kind, reading, wide };
  });

/** Whether the warehouse's own reader takes every cell for the value that it has for dbt. */
const isSpeltPlainly = (inferences: readonly ColumnInference[], loading: SeedLoading): boolean =>
  inferences.every(
    ({ spelling }) => spelling === 'anywhere' || (loading === 'copy' && spelling === 'copied'),
  );

function seedOf(
  source: SeedSource,
  { rowCount, plain, loading }: { rowCount: number; plain: boolean; loading: SeedLoading },
): Seed {
  const { path, delimiter, columns } = source;
  return {
    path,
    delimiter,
    columns,
    rowCount,
    plain,
    rows: () =>
      seedRows(
        source,
        columns.map(({ reading, kind }) => warehouseText(reading, kind, loading)),
      ),
    values: () =>
      seedRows(
        source,
        columns.map(({ reading }) => valueText(reading)),
      ),
    placeOfRow: (row) => placeOf(source, row + 1, source.skipBlank),
    placeOfRecord: (record) => placeOf(source, record, false),
    placeOfLine: (line) => placeOfLine(source, line),
  };
}

const longRowsShown = 10;

/** What the first pass learns. */
class SeedScan {
  names: readonly string[] | null = null;
  rowCount = 0;
  readonly longRows: { readonly line: number; readonly cells: number }[] = [];
  longRowCount = 0;
  readonly #textColumns: ReadonlySet<string>;
  readonly #loading: SeedLoading;
  #inferences: readonly ColumnInference[] = [];
  #shortRow = false;
  #blankHeader = false;
  #endMarker = false;

  constructor(textColumns: ReadonlySet<string>, loading: SeedLoading) {
    this.#textColumns = textColumns;
    this.#loading = loading;
  }

  add(records: readonly (readonly string[])[], lines: readonly number[]): void {
    for (const [index, cells] of records.entries()) {
      if (this.names === null) {
        if (cells.length === 0 && !this.#blankHeader) {
          this.#blankHeader = true;
          continue;
        }
        this.#header(cells);
        if (!this.#blankHeader) continue;
      }
      this.#row(cells, lines[index]!);
    }
  }

  /** Under a blank header line, columns take letters, as many as the first row has cells. */
  #header(cells: readonly string[]): void {
    this.names = this.#blankHeader ? cells.map((_, index) => letterName(index)) : columnNames(cells);
    this.#inferences = this.names.map((name) => new ColumnInference(this.#textColumns.has(name)));
  }

  #row(cells: readonly string[], line: number): void {
    const inferences = this.#inferences;
    const count = cells.length;
    if (count === 0 && this.skipsBlank) return;
    this.rowCount += 1;
    if (count > inferences.length) {
      this.longRowCount += 1;
      if (this.longRows.length < longRowsShown) this.longRows.push({ line, cells: count });
      return;
    }
    if (count < inferences.length && count > 0) this.#shortRow = true;
    if (count === 1 && cells[0] === '\\.') this.#endMarker = true;
    for (let index = 0; index < count; index += 1) inferences[index]!.observe(cells[index]!);
  }

  /** An engine that reads the file skips blank lines, except where a blank line is the one column's null. */
  get skipsBlank(): boolean {
    return this.#loading === 'copy' && this.#inferences.length > 1;
  }

  columns(): SeedColumn[] {
    return seedColumns(this.names ?? [], this.#inferences);
  }

  isPlain(oddities: CsvOddities, delimiter: string): boolean {
    const { lineEnds } = oddities;
    if (
      this.#shortRow ||
      this.#blankHeader ||
      oddities.bareQuote ||
      oddities.brokenQuote ||
      lineEnds.size > 1
    )
      return false;
    if (!isSpeltPlainly(this.#inferences, this.#loading)) return false;
    if (this.#loading === 'copy') return true;
    if (oddities.quotedEmpty || oddities.quotedCarriageReturn || lineEnds.has('\r')) return false;
    if (this.#endMarker || delimiter.charCodeAt(0) > 0x7f) return false;
    return !oddities.blankLine || this.#inferences.length === 1;
  }
}

interface SeedSource {
  readonly path: string;
  /** As errors name it. */
  readonly file: string;
  readonly delimiter: string;
  readonly columns: readonly SeedColumn[];
  readonly skipBlank: boolean;
}

/** The rows of the file, each with one text per column. */
async function* seedRows(source: SeedSource, texts: readonly CellText[]): AsyncGenerator<(string | null)[]> {
  let header = true;
  for await (const { records } of batches(source.path, new CsvParser(source.delimiter))) {
    for (const cells of records) {
      if (header) {
        header = false;
        continue;
      }
      if (cells.length === 0 && source.skipBlank) continue;
      const row: (string | null)[] = new Array(texts.length);
      for (let index = 0; index < texts.length; index += 1) {
        row[index] = index < cells.length ? texts[index]!(cells[index]!) : null;
      }
      yield row;
    }
  }
}

async function placeOf(source: SeedSource, record: number, skipBlank: boolean): Promise<Span | null> {
  const line = await lineOf(source, record, skipBlank);
  return line === null ? null : placeOfLine(source, line);
}

async function placeOfLine({ path, file }: SeedSource, line: number): Promise<Span | null> {
  const text = await shownText(path);
  return text === null ? null : spanOfLine(file, text, line);
}

async function lineOf(source: SeedSource, record: number, skipBlank: boolean): Promise<number | null> {
  let seen = 0;
  for await (const { records, lines } of batches(source.path, new CsvParser(source.delimiter))) {
    for (const [index, cells] of records.entries()) {
      if (skipBlank && cells.length === 0) continue;
      seen += 1;
      if (seen === record) return lines[index]!;
    }
  }
  return null;
}

async function* batches(path: string, parser: CsvParser): AsyncGenerator<ReturnType<CsvParser['push']>> {
  for await (const chunk of textChunks(path)) yield parser.push(chunk, false);
  yield parser.push('', true);
}

/** Runs the first pass; failures to read the file become diagnostics. */
async function readable<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (caught) {
    if (caught instanceof InvalidText) {
      const utf16 = caught.offset === 0 && (caught.byte === 0xff || caught.byte === 0xfe);
      throw new DiagnosticError(notUtf8(file, caught.offset, caught.byte, utf16), { cause: caught });
    }
    const code = (caught as NodeJS.ErrnoException).code;
    if (typeof code !== 'string') throw caught;
    throw new DiagnosticError(unreadable(file, (caught as Error).message), { cause: caught });
  }
}

const largestShown = 1 << 20;

async function shownText(path: string): Promise<string | null> {
  const small = (await stat(path)).size <= largestShown;
  return small ? (await readFile(path, 'utf8')).replaceAll('\r\n', '\n') : null;
}

async function longRowErrors(path: string, file: string, scan: SeedScan): Promise<Diagnostic[]> {
  const text = await shownText(path);
  const errors = scan.longRows.map(({ line, cells }) => {
    const place: SeedPlace = { file, text, line };
    return rowTooLong(place, cells, scan.names!.length);
  });
  const more = scan.longRowCount - errors.length;
  return more > 0 ? [...errors, moreLongRows(file, more)] : errors;
}
