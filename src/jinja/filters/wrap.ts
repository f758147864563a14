import { charactersOf, lengthOfText } from '../code-points.ts';

export interface WrapOptions {
  readonly width: number;
  readonly breakLongWords: boolean;
  readonly breakOnHyphens: boolean;
}

/** The lines that Python's `textwrap.wrap` makes of one line: white space at the breaks is dropped. */
export function wrapLine(text: string, options: WrapOptions): string[] {
  const pending = piecesOf(text, options.breakOnHyphens).reverse();
  const lines: string[] = [];
  while (pending.length > 0) {
    if (lines.length > 0 && isBlank(pending.at(-1)!)) pending.pop();
    const line: string[] = [];
    let length = 0;
    while (pending.length > 0 && length + lengthOfText(pending.at(-1)!) <= options.width) {
      const piece = pending.pop()!;
      line.push(piece);
      length += lengthOfText(piece);
    }
    if (pending.length > 0 && lengthOfText(pending.at(-1)!) > options.width)
      breakLong(pending, line, length, options);
    if (line.length > 0 && isBlank(line.at(-1)!)) line.pop();
    if (line.length > 0) lines.push(line.join(''));
  }
  return lines;
}

/** Moves as much of a word that is longer than a line as fits, or all of it onto a line of its own. */
function breakLong(pending: string[], line: string[], length: number, options: WrapOptions): void {
  const room = Math.max(1, options.width - length);
  if (!options.breakLongWords) {
    if (line.length === 0) line.push(pending.pop()!);
    return;
  }
  const characters = charactersOf(pending.pop()!);
  let end = room;
  if (options.breakOnHyphens && characters.length > room) {
    const hyphen = characters.lastIndexOf('-', room - 1);
    if (hyphen > 0 && characters.slice(0, hyphen).some((character) => character !== '-')) end = hyphen + 1;
  }
  line.push(characters.slice(0, end).join(''));
  pending.push(characters.slice(end).join(''));
}

const space = /^[\t\n\v\f\r ]+$/;
const isBlank = (piece: string): boolean => space.test(piece) || piece === '';

/** Where a line may break within a word: behind a hyphen between letters, and around dashes of two or more. */
const letter = '[\\p{L}_]';
const punctuated = '[\\p{L}\\p{N}_!"\'&.,?]';
const breakPattern = new RegExp(
  `(?<=${letter}{2}-|${letter}-${punctuated}-)(?=${letter}-?${letter})|(?<=${punctuated})(?=-{2,}[\\p{L}\\p{N}_])|(?<=${punctuated}-{2,})(?=[\\p{L}\\p{N}_])`,
  'u',
);

function piecesOf(text: string, breakOnHyphens: boolean): string[] {
  const words = text.split(/([\t\n\v\f\r ]+)/).filter((piece) => piece !== '');
  return breakOnHyphens ? words.flatMap((word) => word.split(breakPattern)) : words;
}
