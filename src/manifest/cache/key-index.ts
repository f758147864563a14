import type { Rows } from './rows.ts';

/** A hash table with open addressing: numbers of rows, one added, where their key puts them; 0 where there is none. */
export function keyIndexOf(keys: readonly string[], count: number): Uint32Array {
  let size = 64;
  while (size < count * 2) size *= 2;
  const index = new Uint32Array(size);
  for (let row = 0; row < count; row += 1) {
    let slot = hashOf(keys[row]!) & (size - 1);
    while (index[slot] !== 0) slot = (slot + 1) & (size - 1);
    index[slot] = row + 1;
  }
  return index;
}

/** The row of a key; undefined where there is none. Disabled entries, whose keys others may have too, are not found. */
export function rowOf({ keys, keyIndex }: Pick<Rows, 'keys' | 'keyIndex'>, key: string): number | undefined {
  const last = keyIndex.length - 1;
  for (let slot = hashOf(key) & last; keyIndex[slot] !== 0; slot = (slot + 1) & last) {
    const row = keyIndex[slot]! - 1;
    if (keys[row] === key) return row;
  }
  return undefined;
}

/** FNV-1a over the UTF-16 units. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}
