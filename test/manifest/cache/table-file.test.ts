import { expect, test } from 'vitest';
import { decodeTable, encodeTable } from '../../../src/manifest/cache/table-file.ts';

const content = {
  data: { name: 'shop', list: [1] },
  texts: { none: [], some: ['a', '', 'ü'] },
  numbers: { nothing: new Uint32Array(0), bytes: Uint8Array.of(1, 2, 3), floats: Float64Array.of(0.5) },
};

test('a table is read back as it was written, empty parts too', () => {
  const table = decodeTable(Buffer.concat(encodeTable(content)))!;
  expect(table.data).toEqual(content.data);
  expect([table.texts('none'), table.texts('some')]).toEqual([[], ['a', '', 'ü']]);
  expect([...table.ints('nothing'), ...table.bytes('bytes'), ...table.floats('floats')]).toEqual([
    1, 2, 3, 0.5,
  ]);
});

test('a table of which any byte is another is none', () => {
  const bytes = Buffer.concat(encodeTable(content));
  for (let at = 0; at < bytes.length; at += 1) {
    // Between the name of the format and the checksum nothing is written.
    if (at >= 9 && at < 16) continue;
    const damaged = Buffer.from(bytes);
    damaged[at]! ^= 1;
    expect(decodeTable(damaged), `byte ${at}`).toBeNull();
  }
});
