import { crc32 } from 'node:zlib';

type Numbers = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** What one file of the cache holds: a little JSON, lists of texts (without NUL characters) and arrays of numbers. */
export interface TableContent {
  readonly data: unknown;
  readonly texts: Readonly<Record<string, readonly string[]>>;
  readonly numbers: Readonly<Record<string, Numbers>>;
}

/** The same, read back; every part is decoded when it is asked for, so that a reader pays for what it uses. */
export interface Table {
  readonly data: unknown;
  texts(name: string): readonly string[];
  bytes(name: string): Uint8Array;
  halves(name: string): Uint16Array;
  ints(name: string): Uint32Array;
  floats(name: string): Float64Array;
}

interface Part {
  readonly offset: number;
  readonly length: number;
}

interface Header {
  readonly data: unknown;
  readonly parts: Readonly<Record<string, Part>>;
}

/** Changes with every change of what the cache's files hold, so that those of another version are not read. */
const magic = 'sluice c1';
const checkedFrom = 16;
const headerFrom = 24;

const aligned = (offset: number): number => (offset + 7) & ~7;

/** A table as the bytes of a file, with a checksum. */
export function encodeTable({ data, texts, numbers }: TableContent): Uint8Array {
  const chunks = new Map<string, Uint8Array>();
  for (const [name, list] of Object.entries(texts)) chunks.set(name, Buffer.from(list.join('\0'), 'utf8'));
  for (const [name, { buffer, byteOffset, byteLength }] of Object.entries(numbers)) {
    chunks.set(name, new Uint8Array(buffer, byteOffset, byteLength));
  }
  const parts: Record<string, Part> = {};
  let end = 0;
  for (const [name, { length }] of chunks) {
    parts[name] = { offset: end, length };
    end = aligned(end + length);
  }
  const header = Buffer.from(JSON.stringify({ data, parts } satisfies Header), 'utf8');
  const start = aligned(headerFrom + header.length);
  const out = Buffer.alloc(start + end);
  out.write(magic, 0, 'latin1');
  out.writeUInt32LE(header.length, 20);
  header.copy(out, headerFrom);
  for (const [name, chunk] of chunks) out.set(chunk, start + parts[name]!.offset);
  out.writeUInt32LE(crc32(out.subarray(20)), checkedFrom);
  return out;
}

/** Null where the bytes are no table of this version, or damaged. */
export function decodeTable(file: Uint8Array): Table | null {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  if (bytes.length < headerFrom || bytes.toString('latin1', 0, magic.length) !== magic) return null;
  if (bytes.readUInt32LE(checkedFrom) !== crc32(bytes.subarray(20))) return null;
  const length = bytes.readUInt32LE(20);
  const header = JSON.parse(bytes.toString('utf8', headerFrom, headerFrom + length)) as Header;
  const start = aligned(headerFrom + length);
  const part = (name: string): Buffer => {
    const { offset, length } = header.parts[name]!;
    return bytes.subarray(start + offset, start + offset + length);
  };
  /** Typed arrays must begin at a multiple of their size in memory. */
  const memory = (name: string): ArrayBuffer => {
    const chunk = part(name);
    return chunk.buffer.slice(chunk.byteOffset, chunk.byteOffset + chunk.length) as ArrayBuffer;
  };
  return {
    data: header.data,
    texts: (name) => {
      const text = part(name).toString('utf8');
      return text === '' ? [] : text.split('\0');
    },
    bytes: (name) => new Uint8Array(memory(name)),
    halves: (name) => new Uint16Array(memory(name)),
    ints: (name) => new Uint32Array(memory(name)),
    floats: (name) => new Float64Array(memory(name)),
  };
}
