import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SegmentReader, SegmentWriter } from '../../../src/manifest/cache/segments.ts';
import { scratchFolder } from '../../rig.ts';

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.tuple(fc.constantFrom('a', '✓', '😀'), fc.nat(50_000)).map(([unit, count]) => unit.repeat(count)),
);

test('texts are read as they were written, in whatever order, between stretches of bytes', () => {
  const folder = scratchFolder();
  fc.assert(
    fc.property(
      fc.array(fc.array(text, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 3 }),
      fc.array(fc.tuple(fc.nat(), fc.nat(), fc.boolean()), { minLength: 1, maxLength: 40 }),
      (written, reads) => {
        const segments = written.map((texts, index) => {
          const writer = new SegmentWriter(folder, `s${index}`);
          return { places: texts.map((each) => writer.add(each)), segment: writer.close() };
        });
        const reader = SegmentReader.open(
          folder,
          segments.map(({ segment }) => segment),
        )!;
        for (const [wanted, which, whole] of reads) {
          const number = wanted % written.length;
          const index = which % written[number]!.length;
          const { offset, length } = segments[number]!.places[index]!;
          if (whole) {
            const { size } = segments[number]!.segment;
            const bytes = Buffer.concat(
              [...reader.bytes(number, 0, size)].map((piece) => Buffer.from(piece)),
            );
            expect(bytes.toString()).toBe(written[number]!.join(''));
          }
          expect(reader.text(number, offset, length)).toBe(written[number]![index]);
        }
        reader.close();
      },
    ),
    { numRuns: 60 },
  );
});
