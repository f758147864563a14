import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { replaceFile } from '../../core/replace-file.ts';
import type { IndexedBlock } from '../internal-packages.ts';
import { type FileNames, type FileTable, filesContent, namesOf, readFileTable } from './file-table.ts';
import type { GateRecord } from './gate.ts';
import type { ReadSetText, ValuesRead } from './read-sets.ts';
import { type Bounds, type Rows, readRows, rowsContent } from './rows.ts';
import { type Segment, SegmentReader } from './segments.ts';
import { type Stamp, stampOf } from './stamps.ts';
import { decodeTable, encodeTable, type Table } from './table-file.ts';
import type { StoredDiagnostic } from './told.ts';

/** What was parsed as a whole: what must be the same for anything of it to hold, and what is told of it. */
export interface ParseRecord {
  /** The program that wrote it. */
  readonly build: string;
  /** Digest of settings, profile and flags that everything depends on. */
  readonly fingerprint: string;
  /** A name that both files of a snapshot carry. */
  readonly generation: string;
  /** The generation whose dependencies these are: others changed texts only. */
  readonly edges: string;
  readonly names: FileNames;
  readonly segments: readonly Segment[];
  /** What the templates of all files read. */
  readonly values: ValuesRead;
  /** From then on a model's date of deprecation has passed: milliseconds since 1970, null where none will. */
  readonly validUntil: number | null;
  /** Something was looked for and not found: what is added later may be found. */
  readonly isDangling: boolean;
  /** Some template reads what is never the same, and is rendered every time. */
  readonly isVolatile: boolean;
  /** Null where nothing can be told before the settings are read. */
  readonly gate: GateRecord | null;
  /** Definitions of `selectors.yml`. */
  readonly selectors: Readonly<Record<string, unknown>>;
  /** Warnings of files, by the file they are told of; then those of the project as a whole. */
  readonly fileWarnings: readonly StoredDiagnostic[];
  readonly projectWarnings: readonly StoredDiagnostic[];
  /** Warnings of the settings, and what is said of the project once it is parsed; for who does not read settings. */
  readonly settingsWarnings: readonly StoredDiagnostic[];
  readonly told: ToldProject;
}

/** What is said of a project once it is parsed. */
export interface ToldProject {
  readonly projectName: string;
  readonly profileName: string;
  readonly targetName: string;
  readonly adapterType: string;
  readonly embeddedDatabase: string | null;
  /** Absolute. */
  readonly targetDirectory: string;
  readonly quoting: { readonly database: boolean; readonly schema: boolean; readonly identifier: boolean };
  /** Nodes by type, in dbt's words and order. */
  readonly counts: Readonly<Record<string, number>>;
}

/** What is known of each file. */
export interface FileDetails {
  /** Number of the file that leads its unit: files of a unit are parsed together. */
  readonly unit: Uint32Array;
  /** Number of its read set. */
  readonly reads: Uint32Array;
  readonly readSets: readonly ReadSetText[];
  /** Bits of `fileFlags`. */
  readonly flags: Uint8Array;
  /** Blocks of macro files by their path in errors. */
  readonly macros: Readonly<Record<string, readonly IndexedBlock[]>>;
}

export const fileFlags = { mentionsDocs: 1 } as const;

/** Everything that is remembered of a parse. */
export interface Snapshot {
  readonly record: ParseRecord;
  readonly files: FileTable;
  readonly details: FileDetails;
  readonly rows: Rows;
  readonly texts: SegmentReader;
}

const recordFile = 'record';
export const rowsFile = 'rows';
export const segmentPrefix = 'text-';

/** The part of a snapshot that says what it stands on. */
export type ReadRecord = Pick<Snapshot, 'record' | 'files'>;

/** Null where there is none, or one that is damaged or was written by another program. */
export function readRecord(directory: string, build: string): ReadRecord | null {
  const table = readTable(join(directory, recordFile));
  const record = table?.data as ParseRecord | undefined;
  if (table === null || record === undefined || record.build !== build) return null;
  return { record, files: readFileTable(table, record.names) };
}

/** The whole snapshot of a record; null where the rest is damaged, or belongs to another one. */
export function readRest(directory: string, { record, files }: ReadRecord): Snapshot | null {
  const rowsTable = readTable(join(directory, rowsFile));
  if (rowsTable === null) return null;
  const data = rowsTable.data as RowsData;
  if (data.generation !== record.generation) return null;
  const texts = SegmentReader.open(directory, record.segments);
  if (texts === null) return null;
  return {
    record,
    files,
    details: {
      unit: rowsTable.ints('file.unit'),
      reads: rowsTable.ints('file.reads'),
      flags: rowsTable.bytes('file.flags'),
      readSets: rowsTable.texts('readSets'),
      macros: data.macros,
    },
    rows: readRows(rowsTable),
    texts,
  };
}

interface RowsData extends Pick<FileDetails, 'macros'> {
  readonly bounds: Bounds;
  readonly generation: string;
}

function readTable(path: string): Table | null {
  try {
    return decodeTable(readFileSync(path));
  } catch (caught) {
    if ((caught as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw caught;
  }
}

/** A record before it is known where its rows lie, and without what the table of files says. */
export type RecordDraft = Omit<ParseRecord, 'gate' | 'names'> & {
  readonly gate: Omit<GateRecord, 'rows'> | null;
};

/**
 * Replaces the snapshot of the folder; texts must be there already. Segments of the one that it replaces are deleted,
 * and old ones that nothing names.
 */
export function writeSnapshot(
  directory: string,
  snapshot: Omit<Snapshot, 'texts' | 'record'> & { readonly record: RecordDraft },
  replaced: readonly Segment[],
): ParseRecord {
  const { record, files, details, rows } = snapshot;
  const content = rowsContent(rows);
  const { readSets, macros } = details;
  const { generation } = record;
  const data: RowsData = { ...(content.data as { readonly bounds: Bounds }), generation, macros };
  const numbers = {
    ...content.numbers,
    'file.unit': details.unit,
    'file.reads': details.reads,
    'file.flags': details.flags,
  };
  const texts = { ...content.texts, readSets };
  put(directory, rowsFile, encodeTable({ data, texts, numbers }));
  const written = writeRecord(directory, record, files);
  const now = stampOf(join(directory, rowsFile));
  const named = new Set(record.segments.map(({ name }) => name));
  const gone = new Set(replaced.map(({ name }) => name));
  for (const name of readdirSync(directory)) {
    if (named.has(name) || !(name.endsWith('.tmp') || name.startsWith(segmentPrefix))) continue;
    // Another process may be about to name what it has just written.
    const isLeft = gone.has(name) || isOlder(stampOf(join(directory, name)), now);
    if (isLeft) rmSync(join(directory, name), { force: true });
  }
  return written;
}

/** By an hour. */
const isOlder = (stamp: Stamp, than: Stamp): boolean => than.modified - stamp.modified > 3_600_000;

/** Replaces what is said of files and of the whole; the rows stay. */
export function writeRecord(directory: string, draft: RecordDraft, files: FileTable): ParseRecord {
  const rows = stampOf(join(directory, rowsFile));
  const gate = draft.gate === null ? null : { ...draft.gate, rows };
  const record: ParseRecord = { ...draft, names: namesOf(files), gate };
  put(directory, recordFile, encodeTable({ data: record, ...filesContent(files) }));
  return record;
}

/** A machine that stops may take it away: what is missing or torn is parsed again. */
function put(directory: string, name: string, pieces: readonly Uint8Array[]): void {
  replaceFile(join(directory, name), (write) => pieces.forEach(write), { durable: false });
}
