import { closeSync, openSync, readSync } from 'node:fs';

/**
 * A UUID of version 4. Its chance comes straight from the system where that offers it as a file: loading Node's
 * cryptography takes as long as a tenth of a command that finds nothing to do.
 */
export function randomUuid(): string {
  const bytes = Buffer.alloc(16);
  if (!readChance(bytes)) globalThis.crypto.getRandomValues(bytes);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function readChance(bytes: Buffer): boolean {
  if (process.platform === 'win32') return false;
  try {
    const file = openSync('/dev/urandom', 'r');
    try {
      return readSync(file, bytes) === bytes.length;
    } finally {
      closeSync(file);
    }
  } catch {
    return false;
  }
}
