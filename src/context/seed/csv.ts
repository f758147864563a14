/**
 * What a file does beyond the plain rules of RFC 4180. Engines read such files differently from Python's csv module,
 * whose reading is dbt's and ours.
 */
export interface CsvOddities {
  /** A cell written as `""`. */
  quotedEmpty: boolean;
  /** A carriage return within quotes; read as a newline, with or without one after it. */
  quotedCarriageReturn: boolean;
  quotedLoneReturn: boolean;
  /** A quote inside an unquoted cell, which is kept. */
  bareQuote: boolean;
  /** Text after a closing quote, which is kept, or a quote that is never closed. */
  brokenQuote: boolean;
  blankLine: boolean;
  /** Kinds of line ends that occur outside of quotes. */
  readonly lineEnds: Set<'\n' | '\r\n' | '\r'>;
}

/** Records in order; a blank line is a record without cells. */
export interface CsvBatch {
  readonly records: readonly (readonly string[])[];
  /** One-based line of the file on which each record starts. */
  readonly lines: readonly number[];
}

const NEWLINE = 10;
const RETURN = 13;
const QUOTE = 34;

/** Cuts text that arrives in chunks into records, as Python's csv module does with its default dialect. */
export class CsvParser {
  readonly oddities: CsvOddities = {
    quotedEmpty: false,
    quotedCarriageReturn: false,
    quotedLoneReturn: false,
    bareQuote: false,
    brokenQuote: false,
    blankLine: false,
    lineEnds: new Set(),
  };
  readonly #delimiter: string;
  #rest = '';
  /** Length that `#rest` must reach before it is looked at again: keeps a huge quoted cell from being rescanned. */
  #wanted = 0;
  #line = 1;

  /** `delimiter` is one character. */
  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  /** The records that are complete with this chunk; with `final`, all that is left. */
  push(chunk: string, final: boolean): CsvBatch {
    const text = this.#rest === '' ? chunk : this.#rest + chunk;
    const records: string[][] = [];
    const lines: number[] = [];
    if (!final && text.length < this.#wanted) {
      this.#rest = text;
      return { records, lines };
    }
    let position = 0;
    let newline = -2;
    let carriage = -2;
    let quote = -2;
    while (position < text.length) {
      if (newline !== -1 && newline < position) newline = text.indexOf('\n', position);
      if (carriage !== -1 && carriage < position) carriage = text.indexOf('\r', position);
      if (quote !== -1 && quote < position) quote = text.indexOf('"', position);
      const end = carriage !== -1 && (newline === -1 || carriage < newline) ? carriage : newline;
      const line = this.#line;
      if (quote !== -1 && (end === -1 || quote < end)) {
        const cells: string[] = [];
        const next = this.#quotedRecord(text, position, final, cells);
        if (next === -1) break;
        records.push(cells);
        lines.push(line);
        position = next;
        continue;
      }
      if (end === -1 && !final) break;
      const stop = end === -1 ? text.length : end;
      const next = end === -1 ? stop : this.#afterLineEnd(text, end, final);
      if (next === -1) break;
      if (stop === position) {
        this.oddities.blankLine = true;
        records.push([]);
      } else records.push(text.slice(position, stop).split(this.#delimiter));
      lines.push(line);
      position = next;
    }
    this.#rest = final ? '' : text.slice(position);
    this.#wanted = this.#rest.length * 2;
    return { records, lines };
  }

  /** Position after a line end; -1 where a carriage return ends the chunk and its newline may follow. */
  #afterLineEnd(text: string, end: number, final: boolean): number {
    if (text.charCodeAt(end) === NEWLINE) this.oddities.lineEnds.add('\n');
    else if (end + 1 === text.length && !final) return -1;
    else if (text.charCodeAt(end + 1) === NEWLINE) {
      this.oddities.lineEnds.add('\r\n');
      this.#line += 1;
      return end + 2;
    } else this.oddities.lineEnds.add('\r');
    this.#line += 1;
    return end + 1;
  }

  /** Reads one record that has quotes; the position after it, or -1 where it is not complete. */
  #quotedRecord(text: string, start: number, final: boolean, cells: string[]): number {
    const firstLine = this.#line;
    let position = start;
    for (;;) {
      let cell = '';
      let quoted = false;
      if (text.charCodeAt(position) === QUOTE) {
        quoted = true;
        position += 1;
        for (;;) {
          const close = text.indexOf('"', position);
          if (close === -1 || (close + 1 === text.length && !final)) {
            if (!final) {
              this.#line = firstLine;
              return -1;
            }
            this.oddities.brokenQuote = true;
            cell += this.#quotedText(text.slice(position));
            position = text.length;
            break;
          }
          cell += this.#quotedText(text.slice(position, close));
          position = close + 1;
          if (text.charCodeAt(position) !== QUOTE) break;
          cell += '"';
          position += 1;
        }
      }
      const end = this.#cellEnd(text, position);
      if (end === text.length && !final) {
        this.#line = firstLine;
        return -1;
      }
      if (end > position) {
        const tail = text.slice(position, end);
        if (quoted) this.oddities.brokenQuote = true;
        else if (tail.includes('"')) this.oddities.bareQuote = true;
        cell += tail;
      } else if (quoted && cell === '') this.oddities.quotedEmpty = true;
      cells.push(cell);
      if (end >= text.length) return text.length;
      if (!isLineEnd(text.charCodeAt(end))) {
        position = end + this.#delimiter.length;
        continue;
      }
      const next = this.#afterLineEnd(text, end, final);
      if (next === -1) this.#line = firstLine;
      return next;
    }
  }

  #cellEnd(text: string, from: number): number {
    const code = this.#delimiter.charCodeAt(0);
    let index = from;
    for (; index < text.length; index += 1) {
      const current = text.charCodeAt(index);
      if (isLineEnd(current)) break;
      if (current === code && (this.#delimiter.length === 1 || text.startsWith(this.#delimiter, index)))
        break;
    }
    return index;
  }

  /** Text between quotes, with Python's universal newlines. */
  #quotedText(text: string): string {
    let out = text;
    if (text.includes('\r')) {
      this.oddities.quotedCarriageReturn = true;
      this.oddities.quotedLoneReturn ||= /\r(?!\n)/.test(text);
      out = text.replace(/\r\n?/g, '\n');
    }
    for (let at = out.indexOf('\n'); at !== -1; at = out.indexOf('\n', at + 1)) this.#line += 1;
    return out;
  }
}

const isLineEnd = (code: number): boolean => code === NEWLINE || code === RETURN;
