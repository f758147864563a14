import { accessSync, constants as permissions, readFileSync } from 'node:fs';
import { createRequire, isBuiltin } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { constants, Script } from 'node:vm';
import { crc32 } from 'node:zlib';
import { makeFolder } from '../core/make-folder.ts';
import { replaceFile } from '../core/replace-file.ts';

interface Loaded {
  exports: unknown;
}

interface Fresh {
  readonly script: Script;
  /** Checksum of its text. */
  readonly text: number;
  readonly path: string;
  /** Bytes of what was kept of it before; 0 for nothing. */
  readonly kept: number;
}

const dist = fileURLToPath(new URL('../..', import.meta.url));
const require = createRequire(import.meta.url);
const checksumLength = 4;
const loaded = new Map<string, Loaded>();
const fresh: Fresh[] = [];

/** A process that ran this long, in seconds, came by functions that the former ones may not have called. */
const longRun = 3;
/** So may any other, a parse after an edit where the first one began from nothing: one in so many is asked. */
const askedEvery = 16;
/** What makes new code worth writing: to be so many times what was kept. */
const growth = 1.02;

/**
 * The exports of one of the program's entries, a path within `dist/`. The program lies there as CommonJS files, each of
 * which is evaluated once, whoever asks for it.
 */
export const loadProgram = (entry: string): unknown => load(join(dist, entry), null);

/**
 * The same for a process that is the program's own. What the engine makes of its text is kept beside it for the next
 * start: to compile it anew takes longer than all else that a short command does. Each command calls other functions,
 * so each has files of its own.
 */
export function loadOwnProgram(entry: string, argv: readonly string[]): unknown {
  const command = /^[a-z][a-z-]{1,20}$/.exec(argv[0] ?? '')?.[0] ?? 'any';
  // The engine refuses what it compiled under other options; two kinds of processes would keep replacing each other's.
  if (process.env.NODE_OPTIONS === undefined && process.execArgv.length === 0) process.on('exit', keepCode);
  return load(join(dist, entry), join(dist, 'code', `${process.version}-${process.arch}`, command));
}

function load(path: string, folder: string | null): unknown {
  const known = loaded.get(path);
  if (known !== undefined) return known.exports;
  const script = compile(path, folder);
  const made: Loaded = { exports: {} };
  loaded.set(path, made);
  const directory = dirname(path);
  const requireFrom = (id: string): unknown =>
    isBuiltin(id) || !id.startsWith('.') ? require(id) : load(join(directory, id), folder);
  script.runInThisContext()(made.exports, requireFrom, made, path, directory);
  return made.exports;
}

function compile(path: string, folder: string | null): Script {
  const bytes = readFileSync(path);
  const text = crc32(bytes);
  const kept = folder === null ? null : join(folder, basename(path));
  const cachedData = kept === null ? undefined : keptCode(kept, text);
  const script = new Script(`(function(exports,require,module,__filename,__dirname){${bytes}\n})`, {
    filename: path,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    ...(cachedData && { cachedData }),
  });
  const isUsed = cachedData !== undefined && script.cachedDataRejected === false;
  if (kept !== null) fresh.push({ script, text, path: kept, kept: isUsed ? cachedData.length : 0 });
  return script;
}

/** The engine trusts what it is given: nothing may reach it but what was kept, of this very text. */
function keptCode(path: string, text: number): Buffer | undefined {
  try {
    const file = readFileSync(path);
    const end = file.length - checksumLength;
    const code = file.subarray(0, end);
    return file.readUInt32LE(end) === crc32(code, text) ? code : undefined;
  } catch {
    return undefined;
  }
}

/** Only of processes that did what they were asked for: of others little is called. */
function keepCode(exitCode: number): void {
  if (exitCode > 1) return;
  const isAsked = process.uptime() > longRun || process.pid % askedEvery === 0;
  const worth = fresh.filter(({ kept }) => kept === 0 || isAsked);
  // Making the code takes longer than finding out that it cannot be kept. All of it goes into one folder.
  if (worth.length === 0 || !isWritable(dirname(worth[0]!.path))) return;
  for (const { script, text, path, kept } of worth) {
    const code = script.createCachedData();
    if (code.length > kept * growth) writeQuietly(path, withChecksum(code, text));
  }
}

/** Makes the folder. */
function isWritable(folder: string): boolean {
  try {
    makeFolder(folder);
    accessSync(folder, permissions.W_OK);
    return true;
  } catch {
    return false;
  }
}

function withChecksum(code: Buffer, text: number): Buffer {
  const checksum = Buffer.alloc(checksumLength);
  checksum.writeUInt32LE(crc32(code, text));
  return Buffer.concat([code, checksum]);
}

/** Where nothing may be written, the next start is as slow as this one. */
function writeQuietly(path: string, bytes: Buffer): void {
  try {
    replaceFile(path, (write) => write(bytes), { durable: true });
  } catch {}
}
