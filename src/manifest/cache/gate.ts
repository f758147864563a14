import { statSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { type FilesNow, lookAgain, type SeenFolder, sameFolders } from './known-files.ts';
import { type ParseRecord, type ReadRecord, readRecord, rowsFile, writeRecord } from './snapshot.ts';
import { contentHash, type Stamp, sameStamp, stampOf } from './stamps.ts';

/** What a parse stands on beside its files, so that the next one can be told to be the same before anything is read. */
export interface GateRecord {
  /** Digest of what was asked for: project, profile, target, variables. */
  readonly request: string;
  /** Digests of environment variables that were looked at, by name. */
  readonly environment: Readonly<Record<string, string>>;
  /** Digests of settings of the invocation that were looked at, by name. */
  readonly settings: Readonly<Record<string, string>>;
  /** Files of settings, which need not be there: absolute paths, with their stamps and the digests of their bytes. */
  readonly watched: readonly (readonly [path: string, stamp: Stamp, digest: string])[];
  /** Every folder that was looked into. */
  readonly folders: readonly SeenFolder[];
  /** Absolute: the root project's folder. */
  readonly directory: string;
  /** The file of rows, which belongs to the record. */
  readonly rows: Stamp;
}

export interface GateRequest {
  /** The cache's folder. */
  readonly directory: string;
  readonly build: string;
  readonly request: string;
  readonly environment: ReadonlyMap<string, string>;
  readonly settings: Readonly<Record<string, unknown>>;
  /** When the invocation says that it was started: milliseconds since 1970. */
  readonly startedAt: number;
  /** The same of the moment, by the clock that files are stamped by. */
  readonly now: number;
  /** Told what was seen, so that nobody need look again. */
  readonly look: Look;
}

/** What has been looked at just now, whether it let pass or not. */
export interface Look {
  /** The record of the folder that was asked for; null where it has none. */
  record: { readonly directory: string; readonly read: ReadRecord } | null;
  /** The record's files as they are now; null where something before them kept from looking. */
  now: FilesNow | null;
  /** The folders as they are now, where they hold what they held and nothing but contents of files has changed. */
  folders: readonly SeenFolder[] | null;
}

/** With more files than this under new time stamps, the stamps are worth writing down. */
const mostTouched = 32;

/** A short digest of plain data: tells a change, and too little of a password. To load a stronger one takes longer. */
export const shortDigest = (value: unknown): string =>
  value === undefined ? '' : crc32(JSON.stringify(value) ?? 'undefined').toString(16);

/** What is remembered, if everything that it stands on is as it was; null otherwise. */
export function passGate(request: GateRequest): ReadRecord | null {
  const { directory, look } = request;
  const read = readRecord(directory, request.build);
  look.record = read === null ? null : { directory, read };
  const gate = read?.record.gate ?? null;
  if (read === null || gate === null || !isSameRequest(gate, read.record, request)) return null;
  const now = lookAgain(read.files, gate.directory, request.now);
  look.now = now;
  look.folders = sameFolders(gate.folders, read.files, gate.directory, request.now);
  const { folders } = look;
  if (folders === null || now.changed.size > 0 || read.record.isVolatile) return null;
  if (now.touched <= mostTouched) return read;
  const { files } = now;
  return { record: writeRecord(directory, { ...read.record, gate: { ...gate, folders } }, files), files };
}

/** Whether the same is asked for, of the same settings, and what is remembered of it is whole. */
function isSameRequest(gate: GateRecord, record: ParseRecord, request: GateRequest): boolean {
  const { directory, environment, settings, startedAt } = request;
  if (gate.request !== request.request) return false;
  if (record.validUntil !== null && startedAt > record.validUntil) return false;
  for (const [name, digest] of Object.entries(gate.environment)) {
    if (shortDigest(environment.get(name)) !== digest) return false;
  }
  for (const [name, digest] of Object.entries(gate.settings)) {
    if (shortDigest(settings[name]) !== digest) return false;
  }
  if (!sameStamp(stampOf(join(directory, rowsFile)), gate.rows)) return false;
  for (const { name, size, modified } of record.segments) {
    const stats = statSync(join(directory, name), { throwIfNoEntry: false });
    if (stats?.size !== size || stats.mtimeMs !== modified) return false;
  }
  return gate.watched.every(
    ([path, stamp, digest]) => sameStamp(stampOf(path), stamp) || watchedDigest(path) === digest,
  );
}

/** Digest of a file of settings; empty where it is not there. */
export function watchedDigest(path: string): string {
  const digest = contentHash(path, 0);
  return digest === null ? '' : Buffer.from(digest).toString('hex');
}
