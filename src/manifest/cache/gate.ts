import { hash } from 'node:crypto';
import { statSync } from 'node:fs';
import { isAbsolute, join, sep } from 'node:path';
import { type ParseRecord, type ReadRecord, readRecord, rowsFile } from './snapshot.ts';
import { contentHash, hashLength, type Stamp, stampOf } from './stamps.ts';

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
  readonly folders: readonly (readonly [path: string, stamp: Stamp])[];
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
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  /** Told what was seen, so that nobody need look again. */
  readonly look: Look;
}

/** What has been looked at just now, whether it let pass or not. */
export interface Look {
  /** Stamps of the record's files by number, as far as they were looked at. */
  readonly stamps: Stamp[];
  /** The record of the folder that was asked for; null where it has none. */
  record: { readonly directory: string; readonly read: ReadRecord } | null;
}

/** With more files than this under new time stamps, the stamps are worth writing down, which is not done here. */
const mostTouched = 32;

/** A short digest of plain data: tells a change, and too little of a password. */
export const shortDigest = (value: unknown): string =>
  value === undefined ? '' : hash('sha256', JSON.stringify(value) ?? 'undefined').slice(0, 8);

/** What is remembered, if everything that it stands on is as it was; null otherwise. Nothing but stamps is looked at. */
export function passGate(request: GateRequest): ReadRecord | null {
  const read = readRecord(request.directory, request.build);
  request.look.record = read === null ? null : { directory: request.directory, read };
  const gate = read?.record.gate ?? null;
  if (read === null || gate === null) return null;
  const { record, files } = read;
  if (gate.request !== request.request || !isTimeless(record, request)) return null;
  for (const [name, digest] of Object.entries(gate.environment)) {
    if (shortDigest(request.environment.get(name)) !== digest) return null;
  }
  for (const [name, digest] of Object.entries(gate.settings)) {
    if (shortDigest(request.settings[name]) !== digest) return null;
  }
  if (!sameStamp(stampOf(join(request.directory, rowsFile)), gate.rows)) return null;
  for (const { name, size, modified } of record.segments) {
    const stats = statSync(join(request.directory, name), { throwIfNoEntry: false });
    if (stats?.size !== size || stats.mtimeMs !== modified) return null;
  }
  for (const [path, stamp, digest] of gate.watched) {
    if (!sameStamp(stampOf(path), stamp) && watchedDigest(path) !== digest) return null;
  }
  for (const [path, stamp] of gate.folders) if (!sameStamp(stampOf(path), stamp)) return null;
  let touched = 0;
  for (const [file, shown] of files.shown.entries()) {
    const path = isAbsolute(shown) ? shown : gate.directory + sep + shown;
    const stamp = stampOf(path);
    request.look.stamps.push(stamp);
    if (files.stamps.has(file, stamp)) continue;
    touched += 1;
    const former = files.hashes.subarray(file * hashLength, (file + 1) * hashLength);
    const digest = touched > mostTouched ? null : contentHash(path, stamp);
    if (digest === null || Buffer.compare(former, digest) !== 0) return null;
  }
  return read;
}

const isTimeless = ({ isVolatile, validUntil }: ParseRecord, { startedAt }: GateRequest): boolean =>
  !isVolatile && (validUntil === null || startedAt <= validUntil);

const sameStamp = (a: Stamp, b: Stamp): boolean =>
  a.size === b.size && a.modified === b.modified && a.changed === b.changed;

/** Digest of a file of settings; empty where it is not there. */
export function watchedDigest(path: string): string {
  const digest = contentHash(path, { size: 0, modified: 0, changed: 0 });
  return digest === null ? '' : Buffer.from(digest).toString('hex');
}
