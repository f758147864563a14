import { raise } from './py-error.ts';

/** A parsed format specification: `[[fill]align][sign][z][#][0][width][grouping][.precision][type]`. */
export interface FormatSpec {
  readonly fill: string;
  readonly align: '<' | '>' | '=' | '^' | null;
  readonly sign: '-' | '+' | ' ' | null;
  readonly noNegativeZero: boolean;
  readonly alternate: boolean;
  readonly zero: boolean;
  readonly width: number;
  readonly grouping: ',' | '_' | null;
  readonly precision: number | null;
  readonly type: string;
}

const largestWidth = 2 ** 27;
const pattern = /^(?:([\s\S])?([<>=^]))?([-+ ])?(z)?(#)?(0)?(\d+)?([,_])?(?:\.(\d+))?([\s\S])?$/u;

/** Parses a specification; `typeName` is the formatted value's type, for the error. */
export function parseFormatSpec(text: string, typeName: string): FormatSpec {
  const match = pattern.exec(text);
  if (match === null)
    raise('ValueError', `Invalid format specifier '${text}' for object of type '${typeName}'`);
  const [, fill, align, sign, z, hash, zero, width, grouping, precision, type] = match;
  const parsed = Number(width ?? 0);
  if (parsed > largestWidth) raise('ValueError', 'Too many decimal digits in format string');
  return {
    fill: fill ?? (zero === undefined ? ' ' : '0'),
    align: (align ?? null) as FormatSpec['align'],
    sign: (sign ?? null) as FormatSpec['sign'],
    noNegativeZero: z !== undefined,
    alternate: hash !== undefined,
    zero: zero !== undefined,
    width: parsed,
    grouping: (grouping ?? null) as FormatSpec['grouping'],
    precision: precision === undefined ? null : Number(precision),
    type: type ?? '',
  };
}

/** A number's text in its parts; the sign stands before the padding where the alignment is `=`. */
export interface NumberParts {
  readonly sign: string;
  /** `0x` and its like. */
  readonly prefix: string;
  readonly digits: string;
}

/** Groups, pads and aligns a number; `groupSize` is 3, and 4 for binary, octal and hexadecimal digits. */
export function layOutNumber(parts: NumberParts, spec: FormatSpec, groupSize = 3): string {
  const head = parts.sign + parts.prefix;
  const { fill } = spec;
  const align = spec.align ?? (spec.zero ? '=' : '>');
  let digits = parts.digits;
  if (spec.grouping !== null) {
    const wanted = align === '=' && fill === '0' ? spec.width - head.length : 0;
    digits = group(digits, spec.grouping, groupSize, wanted);
  }
  if (align === '=') return head + pad(digits, fill, '>', spec.width - head.length);
  return pad(head + digits, fill, align, spec.width);
}

function group(digits: string, separator: string, size: number, width: number): string {
  const end = digits.search(/[^0-9a-fA-F]|$/);
  const rest = digits.slice(end);
  let whole = digits.slice(0, end);
  const grouped = (): string => {
    const first = whole.length % size || size;
    const parts = [whole.slice(0, first)];
    for (let index = first; index < whole.length; index += size) parts.push(whole.slice(index, index + size));
    return parts.join(separator);
  };
  let out = grouped();
  while (out.length + rest.length < width) {
    whole = `0${whole}`;
    out = grouped();
  }
  return out + rest;
}

/** Fills a text up to a width in code points. */
export function pad(text: string, fill: string, align: '<' | '>' | '^' | '=', width: number): string {
  const missing = width - Array.from(text).length;
  if (missing <= 0) return text;
  if (align === '<') return text + fill.repeat(missing);
  if (align === '^') {
    const left = missing >> 1;
    return fill.repeat(left) + text + fill.repeat(missing - left);
  }
  return fill.repeat(missing) + text;
}
