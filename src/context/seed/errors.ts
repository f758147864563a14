import { type Diagnostic, error } from '../../core/diagnostic.ts';
import { type Span, spanOfLine } from '../../core/span.ts';

/** Where a seed's error is: the file, and its text where it is small enough to show a line of. */
export interface SeedPlace {
  readonly file: string;
  readonly text: string | null;
  readonly line: number;
}

const spanOf = (place: SeedPlace): Span | null =>
  place.text === null ? null : spanOfLine(place.file, place.text, place.line);

const where = (place: SeedPlace): string => `${place.file}, line ${place.line}`;

export function rowTooLong(place: SeedPlace, cells: number, columns: number): Diagnostic {
  return error({
    code: 'seed-row-too-long',
    family: 'Runtime Error',
    message: `${where(place)} has ${cells} cells, but the header names ${columns} column${columns === 1 ? '' : 's'}`,
    span: spanOf(place),
    hint: 'quote cells that contain the delimiter, or set the seed config `delimiter`',
  });
}

export function moreLongRows(file: string, count: number): Diagnostic {
  return error({
    code: 'seed-row-too-long',
    family: 'Runtime Error',
    message: `${file}: ${count} more rows have more cells than the header names columns`,
  });
}

export function notUtf8(file: string, offset: number, byte: number, utf16: boolean): Diagnostic {
  const hex = `0x${byte.toString(16).padStart(2, '0')}`;
  return error({
    code: 'seed-not-utf8',
    family: 'Runtime Error',
    message: `${file} is not UTF-8: byte ${hex} at offset ${offset}`,
    hint: utf16 ? 'the file is UTF-16; save it as UTF-8' : 'save the file as UTF-8',
  });
}

export function emptySeed(file: string): Diagnostic {
  return error({
    code: 'seed-empty',
    family: 'Runtime Error',
    message: `${file} is empty: a seed needs a header line`,
  });
}

export function badDelimiter(file: string, delimiter: string): Diagnostic {
  return error({
    code: 'seed-delimiter',
    family: 'Compilation Error',
    message: `${file}: the delimiter must be one character, not ${JSON.stringify(delimiter)}`,
  });
}

export function unreadable(file: string, reason: string): Diagnostic {
  return error({
    code: 'seed-unreadable',
    family: 'Runtime Error',
    message: `${file} cannot be read: ${reason}`,
  });
}
