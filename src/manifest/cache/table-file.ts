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

interface NumbersOf<Numbers> {
  readonly BYTES_PER_ELEMENT: number;
  new (memory: ArrayBuffer, offset: number, length: number): Numbers;
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
const magic = 'sluice c2';
const checkedFrom = 16;
const headerFrom = 24;

const aligned = (offset: number): number => (offset + 7) & ~7;

/** Bytes of lists that were read: most are written again as they are. */
const readTexts = new WeakMap<readonly string[], Uint8Array>();

/** A table as the bytes of a file, one piece behind the other, with a checksum. */
export function encodeTable({ data, texts, numbers }: TableContent): readonly Uint8Array[] {
  const chunks = new Map<string, Uint8Array>();
  for (const [name, list] of Object.entries(texts)) {
    chunks.set(name, readTexts.get(list) ?? Buffer.from(list.join('\0'), 'utf8'));
  }
  for (const [name, { buffer, byteOffset, byteLength }] of Object.entries(numbers)) {
    chunks.set(name, new Uint8Array(buffer, byteOffset, byteLength));
  }
  const parts: Record<string, Part> = {};
  const behind: Uint8Array[] = [];
  let end = 0;
  for (const [name, chunk] of chunks) {
    parts[name] = { offset: end, length: chunk.length };
    end = aligned(end + chunk.length);
    // The checksum of nothing would begin anew.
    for (const piece of [chunk, Buffer.alloc(end - parts[name].offset - chunk.length)]) {
      if (piece.length > 0) behind.push(piece);
    }
  }
  const header = Buffer.from(JSON.stringify({ data, parts } satisfies Header), 'utf8');
  const head = Buffer.alloc(aligned(headerFrom + header.length));
  head.write(magic, 0, 'latin1');
  head.writeUInt32LE(header.length, 20);
  header.copy(head, headerFrom);
  const checksum = behind.reduce((crc, chunk) => crc32(chunk, crc), crc32(head.subarray(20)));
  head.writeUInt32LE(checksum, checkedFrom);
  return [head, ...behind];
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
  const memory = <Numbers>(name: string, Kind: NumbersOf<Numbers>): Numbers => {
    const chunk = part(name);
    const count = chunk.length / Kind.BYTES_PER_ELEMENT;
    if (chunk.byteOffset % 8 === 0) return new Kind(chunk.buffer as ArrayBuffer, chunk.byteOffset, count);
    const end = chunk.byteOffset + chunk.length;
    return new Kind(chunk.buffer.slice(chunk.byteOffset, end) as ArrayBuffer, 0, count);
  };
  return {
    data: header.data,
    texts: (name) => {
      const chunk = part(name);
      const list = chunk.length === 0 ? [] : chunk.toString('utf8').split('\0');
      readTexts.set(list, chunk);
      return list;
    },
    bytes: (name) => memory(name, Uint8Array),
    halves: (name) => memory(name, Uint16Array),
    ints: (name) => memory(name, Uint32Array),
    floats: (name) => memory(name, Float64Array),
  };
}
