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

function copied(from: TextColumns, texts: SegmentReader, writer: SegmentWriter): TextColumns {
  const count = from.length.length;
  const to = { segment: new Uint16Array(count), offset: new Uint32Array(count), length: from.length };
  for (let row = 0; row < count; row += 1) {
    if (from.length[row] === 0) continue;
    const line = texts.text(from.segment[row]!, from.offset[row]!, from.length[row]!);
    to.offset[row] = writer.add(line, separator).offset;
  }
  return to;
}
