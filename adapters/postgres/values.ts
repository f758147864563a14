import type { Cell } from '../../src/adapter/cell.ts';
import type { PostgresType } from './types.ts';

/**
 * Reads a value in the server's text form. Sessions have DateStyle ISO, IntervalStyle postgres and hexadecimal bytea,
 * which the forms depend on.
 */
export function cellOf(text: string | null, type: PostgresType): Cell {
  if (text === null) return null;
  if (type.element !== null) return arrayCell(text, type.element, type.delimiter);
  switch (type.kind) {
    case 'boolean':
      return text === 't';
    case 'integer':
      return integerCell(text);
    case 'float':
      return Number(text);
    case 'timestamp':
      return fullFraction(text);
    case 'time':
    case 'timestamptz':
      return fullOffset(fullFraction(text));
    case 'bytes':
      return new Uint8Array(Buffer.from(text.slice(2), 'hex'));
    default:
      return text;
  }
}

function integerCell(text: string): number | bigint {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

/** Python prints all six digits of a fraction or none. */
function fullFraction(text: string): string {
  return text.replace(/\.(\d{1,6})/, (_, digits: string) => `.${digits.padEnd(6, '0')}`);
}

/** The server leaves minutes out where they are zero: `+00`, `-03:30`, `+01:15:04`. */
function fullOffset(text: string): string {
  return text.replace(/([+-]\d\d)(?=$| BC$)/, '$1:00');
}

/** `{1,NULL,"a,b"}`, nested by braces; bounds in front (`[0:2]=`) say nothing that a list could hold. */
function arrayCell(text: string, element: PostgresType, delimiter: string): readonly Cell[] {
  // `-1` would start over again and again.
  let at = Math.max(0, text.indexOf('{'));
  const list = (): readonly Cell[] => {
    const cells: Cell[] = [];
    at += 1;
    while (at < text.length && text[at] !== '}') {
      if (text[at] === delimiter) at += 1;
      else if (text[at] === '{') cells.push(list());
      else if (text[at] === '"') cells.push(cellOf(quoted(), element));
      else cells.push(bare());
    }
    at += 1;
    return cells;
  };
  const quoted = (): string => {
    let value = '';
    for (at += 1; at < text.length && text[at] !== '"'; at += 1) {
      if (text[at] === '\\') at += 1;
      value += text[at];
    }
    at += 1;
    return value;
  };
  const bare = (): Cell => {
    const start = at;
    while (at < text.length && text[at] !== delimiter && text[at] !== '}') at += 1;
    const value = text.slice(start, at);
    return value.toUpperCase() === 'NULL' ? null : cellOf(value, element);
  };
  return list();
}
