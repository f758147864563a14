import { gzipSync } from 'node:zlib';
import { Header } from 'tar';

/** One entry of an archive, as nobody's tar would write it. */
export interface RawEntry {
  readonly path: string;
  readonly type?: NonNullable<ConstructorParameters<typeof Header>[0]> extends never ? never : string;
  readonly content?: string;
  readonly linkpath?: string;
  /** What the header says, whatever `content` is. */
  readonly size?: number;
  readonly mode?: number;
}

/** A gzipped archive with these very entries. */
export function archiveOf(entries: readonly RawEntry[]): Buffer {
  return gzipSync(Buffer.concat([...entries.map(entryBytes), Buffer.alloc(1024)]));
}

/** An archive of files, all in one folder, as GitHub makes them. */
export function packageArchive(files: Readonly<Record<string, string>>, top = 'package-main'): Buffer {
  return archiveOf(Object.entries(files).map(([path, content]) => ({ path: `${top}/${path}`, content })));
}

function entryBytes({ path, type = 'File', content = '', linkpath, size, mode = 0o644 }: RawEntry): Buffer {
  const body = Buffer.from(content, 'utf8');
  const long = Buffer.byteLength(path) > 99;
  const header = new Header({
    path: long ? 'long' : path,
    type: type as 'File',
    size: size ?? body.length,
    mode,
    mtime: new Date(0),
    ...(linkpath === undefined ? {} : { linkpath }),
  });
  const block = Buffer.alloc(512);
  header.encode(block);
  return Buffer.concat([...(long ? [paxBytes({ path })] : []), block, padded(body)]);
}

/** A PAX header for the next entry. */
export function paxBytes(fields: Readonly<Record<string, string>>): Buffer {
  const records = Object.entries(fields).map(([key, value]) => {
    const rest = ` ${key}=${value}\n`;
    let length = Buffer.byteLength(rest) + 1;
    while (String(length).length + Buffer.byteLength(rest) !== length) length += 1;
    return `${length}${rest}`;
  });
  const body = Buffer.from(records.join(''), 'utf8');
  const block = Buffer.alloc(512);
  new Header({ path: 'PaxHeader', type: 'ExtendedHeader', size: body.length, mode: 0o644 }).encode(block);
  return Buffer.concat([block, padded(body)]);
}

function padded(body: Buffer): Buffer {
  return Buffer.concat([body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}
