import { separator } from './build-rows.ts';
import type { Rows, TextColumns } from './rows.ts';
import type { SegmentReader, SegmentWriter } from './segments.ts';

/** The same rows with all their texts in one segment, in the manifest's order. */
export function compactRows(rows: Rows, texts: SegmentReader, writer: SegmentWriter): Rows {
  const [entry, parentLine, childLine] = [rows.entry, rows.parentLine, rows.childLine].map((from) =>
    copied(from, texts, writer),
  );
  return { ...rows, entry: entry!, parentLine: parentLine!, childLine: childLine! };
}

/** Texts that lie one behind the other, as most do, are copied in one go. */
function copied(from: TextColumns, texts: SegmentReader, writer: SegmentWriter): TextColumns {
  const { segment, offset, length } = from;
  const count = length.length;
  const to = { segment: new Uint16Array(count), offset: new Uint32Array(count), length };
  for (let row = 0; row < count; ) {
    if (length[row] === 0) {
      row += 1;
      continue;
    }
    const first = row;
    const start = writer.size;
    let end = offset[row]!;
    for (; row < count && segment[row] === segment[first] && offset[row] === end; row += 1) {
      to.offset[row] = start + offset[row]! - offset[first]!;
      end += length[row]! + separator.length;
    }
    const size = end - separator.length - offset[first]!;
    for (const bytes of texts.bytes(segment[first]!, offset[first]!, size)) writer.addBytes(bytes);
    writer.add(separator);
  }
  return to;
}
