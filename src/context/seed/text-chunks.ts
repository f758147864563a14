import { open } from 'node:fs/promises';
import { TextDecoder } from 'node:util';

/** A byte sequence that is not UTF-8. */
export class InvalidText extends Error {
  /** Offset in bytes from the start of the file. */
  readonly offset: number;
  readonly byte: number;

  constructor(offset: number, byte: number) {
    super(`byte 0x${byte.toString(16).padStart(2, '0')} at offset ${offset} is not UTF-8`);
    this.offset = offset;
    this.byte = byte;
  }
}

const chunkBytes = 1 << 20;

/** The text of a UTF-8 file in chunks, without its byte order mark; throws InvalidText. */
export async function* textChunks(path: string): AsyncGenerator<string> {
  const handle = await open(path, 'r');
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    const buffer = Buffer.allocUnsafe(chunkBytes);
    let consumed = 0;
    for (;;) {
      const { bytesRead } = await handle.read(buffer, 0, chunkBytes);
      try {
        const text = decoder.decode(buffer.subarray(0, bytesRead), { stream: bytesRead > 0 });
        if (text !== '') yield text;
      } catch (caught) {
        if (!(caught instanceof TypeError)) throw caught;
        // A sequence may have begun up to three bytes before this chunk.
        const from = Math.max(0, consumed - 3);
        const around = Buffer.alloc(consumed - from + bytesRead);
        await handle.read(around, 0, around.length, from);
        const bad = firstInvalid(around, from > 0);
        throw new InvalidText(from + bad, around[bad] ?? 0);
      }
      if (bytesRead === 0) return;
      consumed += bytesRead;
    }
  } finally {
    await handle.close();
  }
}

/** Index of the first byte of a broken sequence; `mayStartInside` skips continuation bytes at the start. */
function firstInvalid(bytes: Buffer, mayStartInside: boolean): number {
  let index = 0;
  if (mayStartInside) while (index < 3 && (bytes[index]! & 0xc0) === 0x80) index += 1;
  while (index < bytes.length) {
    const length = sequenceLength(bytes, index);
    if (length === 0) return index;
    index += length;
  }
  return Math.max(0, bytes.length - 1);
}

/** Bytes of the sequence at an index, 0 where it is broken (overlong forms and surrogates are). */
function sequenceLength(bytes: Buffer, index: number): number {
  const first = bytes[index]!;
  if (first < 0x80) return 1;
  const length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || index + length > bytes.length) return 0;
  for (let next = 1; next < length; next += 1) if ((bytes[index + next]! & 0xc0) !== 0x80) return 0;
  const second = bytes[index + 1]!;
  if (first === 0xe0 && second < 0xa0) return 0;
  if (first === 0xed && second > 0x9f) return 0;
  if (first === 0xf0 && second < 0x90) return 0;
  return first === 0xf4 && second > 0x8f ? 0 : length;
}
