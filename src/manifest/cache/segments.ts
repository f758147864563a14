import { closeSync, fstatSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

/** A file of texts that is written once: its name in the cache's folder, its size in bytes and its checksum. */
export interface Segment {
  readonly name: string;
  readonly size: number;
  readonly crc: number;
  /** Milliseconds since 1970: as long as it is unchanged, the bytes are not checked again. */
  readonly modified: number;
}

/** Where a text lies, in bytes. */
export interface TextPlace {
  readonly offset: number;
  readonly length: number;
}

const chunk = 1 << 20;
const ahead = 1 << 16;

/** Writes one segment, text by text. */
export class SegmentWriter {
  readonly #directory: string;
  readonly #name: string;
  readonly #file: number;
  #buffer = Buffer.allocUnsafe(chunk);
  #used = 0;
  #written = 0;
  #crc = 0;

  constructor(directory: string, name: string) {
    this.#directory = directory;
    this.#name = name;
    this.#file = openSync(this.#temporary, 'w');
  }

  get #temporary(): string {
    return join(this.#directory, `${this.#name}.tmp`);
  }

  /** Of what was written so far, in bytes. */
  get size(): number {
    return this.#written + this.#used;
  }

  /** Writes texts one behind another, as one. */
  add(...texts: readonly string[]): TextPlace {
    const offset = this.size;
    for (const text of texts) this.#write(text);
    return { offset, length: this.size - offset };
  }

  #write(text: string): void {
    // UTF-8 takes at most three bytes for a UTF-16 unit.
    const most = text.length * 3;
    if (this.#used + most > this.#buffer.length) {
      this.#flush();
      if (most > this.#buffer.length) this.#buffer = Buffer.allocUnsafe(most);
    }
    this.#used += this.#buffer.write(text, this.#used, 'utf8');
  }

  /** Bytes of another segment. */
  addBytes(bytes: Uint8Array): void {
    this.#flush();
    this.#put(bytes);
  }

  /** The segment; null, and no file, where nothing was written. */
  closeUnlessEmpty(): Segment | null {
    if (this.size > 0) return this.close();
    this.#discard();
    return null;
  }

  close(): Segment {
    this.#flush();
    const modified = fstatSync(this.#file).mtimeMs;
    closeSync(this.#file);
    renameSync(this.#temporary, join(this.#directory, this.#name));
    return { name: this.#name, size: this.#written, crc: this.#crc, modified };
  }

  /** Work that writes; where it fails, nothing is left behind. */
  during<Result>(work: () => Result): Result {
    try {
      return work();
    } catch (caught) {
      this.#discard();
      throw caught;
    }
  }

  #flush(): void {
    this.#put(this.#buffer.subarray(0, this.#used));
    this.#used = 0;
  }

  #put(bytes: Uint8Array): void {
    this.#crc = crc32(bytes, this.#crc);
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at);
    this.#written += bytes.length;
  }

  #discard(): void {
    closeSync(this.#file);
    rmSync(this.#temporary, { force: true });
  }
}

/** Segments that are open for reading: what another process deletes meanwhile can still be read. */
export class SegmentReader {
  /** Under the time stamps that they have now. */
  readonly segments: readonly Segment[];
  readonly #files: readonly number[];
  #buffer = Buffer.allocUnsafe(ahead);
  /** What the buffer holds: bytes of this segment, from here to there. */
  #held = { segment: -1, from: 0, to: 0 };

  private constructor(segments: readonly Segment[], files: readonly number[]) {
    this.segments = segments;
    this.#files = files;
  }

  /** Null where one of them is missing, or not what was written. */
  static open(directory: string, segments: readonly Segment[]): SegmentReader | null {
    const files: number[] = [];
    const present: Segment[] = [];
    const reader = new SegmentReader(present, files);
    try {
      for (const [index, segment] of segments.entries()) {
        files.push(openSync(join(directory, segment.name), 'r'));
        const { size, mtimeMs: modified } = fstatSync(files[index]!);
        present.push({ ...segment, modified });
        if (
          size !== segment.size ||
          (modified !== segment.modified && reader.#crcOf(index) !== segment.crc)
        ) {
          reader.close();
          return null;
        }
      }
    } catch (caught) {
      reader.close();
      if ((caught as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw caught;
    }
    return reader;
  }

  /** Whoever reads one text after the other, in about the order in which they lie, has what follows read with it. */
  text(segment: number, offset: number, length: number): string {
    const { from, to } = this.#held;
    const isNear = segment === this.#held.segment && offset >= from && offset <= to + ahead;
    if (!isNear || offset + length > to) {
      const left = this.segments[segment]!.size - offset;
      const size = isNear ? Math.max(length, Math.min(ahead, left)) : length;
      if (size > this.#buffer.length) this.#buffer = Buffer.allocUnsafe(size);
      this.#held = { segment: -1, from: 0, to: 0 };
      this.#read(segment, this.#buffer, offset, size);
      this.#held = { segment, from: offset, to: offset + size };
    }
    const start = offset - this.#held.from;
    return this.#buffer.toString('utf8', start, start + length);
  }

  /** The bytes of a stretch, in pieces that are overwritten by the next one. */
  *bytes(segment: number, offset: number, length: number): Generator<Uint8Array> {
    if (this.#buffer.length < chunk) this.#buffer = Buffer.allocUnsafe(chunk);
    this.#held = { segment: -1, from: 0, to: 0 };
    for (let done = 0; done < length; ) {
      const size = Math.min(this.#buffer.length, length - done);
      this.#read(segment, this.#buffer, offset + done, size);
      yield this.#buffer.subarray(0, size);
      done += size;
    }
  }

  close(): void {
    for (const file of this.#files) closeSync(file);
  }

  #read(segment: number, into: Buffer, offset: number, length: number): void {
    for (let done = 0; done < length; ) {
      const count = readSync(this.#files[segment]!, into, done, length - done, offset + done);
      if (count === 0) throw new Error('a file of the parse cache was cut while it was read');
      done += count;
    }
  }

  #crcOf(segment: number): number {
    let crc = 0;
    for (const bytes of this.bytes(segment, 0, this.segments[segment]!.size)) crc = crc32(bytes, crc);
    return crc;
  }
}
