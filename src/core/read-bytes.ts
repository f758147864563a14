import { closeSync, openSync, readSync } from 'node:fs';

/** Memory that is used for one file after the other: ten thousand buffers would keep the collector busy. */
let scratch = Buffer.allocUnsafeSlow(256 * 1024);

/** The bytes of a file, which are its bytes until the next call only. Throws what the system refuses. */
export function readBytes(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    for (let length = 0; ; ) {
      const read = readSync(file, scratch, length, scratch.length - length, null);
      if (read === 0) return scratch.subarray(0, length);
      length += read;
      if (length === scratch.length) scratch = Buffer.concat([scratch], scratch.length * 2);
    }
  } finally {
    closeSync(file);
  }
}
