import { sliceText } from './code-points.ts';
import { type Dict, dictGet } from './dict.ts';
import { pad } from './format-spec.ts';
import { type FloatPresentation, formatDouble } from './number-format.ts';
import { isFloat, isNumber, toBigInt, toNumber, truncate } from './numbers.ts';
import { raise } from './py-error.ts';
import { asciiRepr, repr, reprText, str } from './text.ts';
import {
  DictView,
  hostTypeOf,
  isDict,
  isText,
  PyRange,
  PyTuple,
  textOf,
  typeName,
  type Value,
} from './values.ts';

/** One `%(key)flags width.precision type`, with `*` already replaced. */
interface Conversion {
  readonly flags: string;
  readonly width: number;
  readonly precision: number | null;
  readonly type: string;
}

const largestWidth = 2 ** 27;
const conversionPattern =
  /%(?:\((?<key>(?:[^()]|\([^()]*\))*)\))?(?<flags>[-+ #0]*)(?<width>\*|\d+)?(?:\.(?<precision>\*|\d*))?[hlL]?(?<type>[\s\S])?/uy;

/** `template % argument`: a tuple gives one value per conversion, a dict is read by `%(key)s`. */
export function percentFormat(template: string, argument: Value): string {
  const values = new ArgumentReader(argument);
  let out = '';
  let index = 0;
  for (;;) {
    const percent = template.indexOf('%', index);
    if (percent < 0) break;
    out += template.slice(index, percent);
    conversionPattern.lastIndex = percent;
    const match = conversionPattern.exec(template)!;
    const groups = match.groups as Readonly<Record<string, string | undefined>>;
    index = percent + match[0].length;
    const type = groups['type'];
    if (type === undefined) raise('ValueError', 'incomplete format');
    if (groups['key'] === undefined && template[percent + 1] === '(')
      raise('ValueError', 'incomplete format key');
    const found = groups['key'] === undefined ? undefined : values.byKey(groups['key']);
    let flags = groups['flags'] ?? '';
    let width = groups['width'] === '*' ? values.star() : Number(groups['width'] ?? 0);
    if (width < 0) {
      flags += '-';
      width = -width;
    }
    const places = groups['precision'];
    const precision =
      places === undefined ? null : places === '*' ? Math.max(0, values.star()) : Number(places);
    if (type === '%') {
      out += '%';
      continue;
    }
    if (width > largestWidth) raise('ValueError', 'width too big');
    if (!'srafFeEgGdiuxXoc'.includes(type)) unsupported(type, index - type.length);
    out += convert(found ?? values.next(found), { flags, width, precision, type });
  }
  values.finish();
  return out + template.slice(index);
}

function unsupported(type: string, index: number): never {
  const code = type.codePointAt(0)!;
  const shown = code >= 32 && code < 127 ? type : '?';
  return raise(
    'ValueError',
    `unsupported format character '${shown}' (0x${code.toString(16)}) at index ${index}`,
  );
}

class ArgumentReader {
  readonly #argument: Value;
  readonly #values: readonly Value[];
  #next = 0;

  constructor(argument: Value) {
    this.#argument = argument;
    this.#values = argument instanceof PyTuple ? argument : [argument];
  }

  /** `found` is what a key gave: a None there is a value, not a missing one. */
  next(found: Value | undefined): Value {
    if (found === null) return null;
    const value = this.#values[this.#next];
    if (value === undefined) raise('TypeError', 'not enough arguments for format string');
    this.#next += 1;
    return value;
  }

  star(): number {
    const value = this.next(undefined);
    if (!isNumber(value) || isFloat(value)) raise('TypeError', '* wants int');
    return Number(value);
  }

  byKey(key: string): Value {
    const mapping = this.#argument;
    if (mapping instanceof PyTuple || isText(mapping) || !isMapping(mapping)) {
      raise('TypeError', 'format requires a mapping');
    }
    const host = hostTypeOf(mapping);
    const value = host === undefined ? dictGet(mapping as Dict, key) : host.item?.(mapping, key);
    return value === undefined ? raise('KeyError', reprText(key)) : value;
  }

  /** Left-over values are an error, except in what could have been read by key: Python counts lists among it. */
  finish(): void {
    const readable =
      isMapping(this.#argument) || (Array.isArray(this.#argument) && !(this.#argument instanceof PyTuple));
    if (this.#next < this.#values.length && !readable && !(this.#argument instanceof PyRange)) {
      raise('TypeError', 'not all arguments converted during string formatting');
    }
  }
}

function isMapping(value: Value): boolean {
  if (value instanceof DictView) return false;
  return isDict(value) || hostTypeOf(value)?.item !== undefined;
}

function convert(value: Value, conversion: Conversion): string {
  switch (conversion.type) {
    case 's':
      return layOutText(str(value), conversion);
    case 'r':
      return layOutText(repr(value), conversion);
    case 'a':
      return layOutText(asciiRepr(value), conversion);
    case 'c':
      return layOutText(character(value), { ...conversion, precision: null });
    case 'd':
    case 'i':
    case 'u':
      return integer(value, conversion, 10);
    case 'o':
      return integer(value, conversion, 8);
    case 'x':
    case 'X':
      return integer(value, conversion, 16);
    default:
      return float(value, conversion);
  }
}

function layOutText(text: string, { flags, width, precision }: Conversion): string {
  const shown = precision === null ? text : sliceText(text, 0, precision);
  return pad(shown, ' ', flags.includes('-') ? '<' : '>', width);
}

function character(value: Value): string {
  if (isText(value) && Array.from(textOf(value)).length === 1) return textOf(value);
  if (!isNumber(value) || isFloat(value)) raise('TypeError', '%c requires int or char');
  const code = Number(value);
  if (code < 0 || code > 0x10ffff) raise('OverflowError', '%c arg not in range(0x110000)');
  return String.fromCodePoint(code);
}

function integer(value: Value, conversion: Conversion, radix: number): string {
  const { type, precision } = conversion;
  const host = hostTypeOf(value)?.toInt;
  if (!isNumber(value) && (host === undefined || radix !== 10)) {
    const wanted = radix === 10 ? 'a real number' : 'an integer';
    raise('TypeError', `%${type} format: ${wanted} is required, not ${typeName(value)}`);
  }
  if (radix !== 10 && isFloat(value))
    raise('TypeError', `%${type} format: an integer is required, not float`);
  const whole = isNumber(value) ? toBigInt(truncate(value)) : BigInt(host!(value));
  const prefix = conversion.flags.includes('#') && radix !== 10 ? `0${type}` : '';
  const digits = (whole < 0n ? -whole : whole).toString(radix).padStart(precision ?? 0, '0');
  return layOutNumber(whole < 0n, prefix, type === 'X' ? digits.toUpperCase() : digits, conversion);
}

function float(value: Value, conversion: Conversion): string {
  const { type, precision, flags } = conversion;
  const host = hostTypeOf(value)?.toFloat;
  if (!isNumber(value) && host === undefined)
    raise('TypeError', `must be real number, not ${typeName(value)}`);
  const number = isNumber(value) ? toNumber(value) : host!(value);
  const presentation = type.toLowerCase() as FloatPresentation;
  const digits = formatDouble(number, presentation, precision ?? 6, flags.includes('#'));
  const negative = number < 0 || Object.is(number, -0);
  return layOutNumber(negative, '', type === presentation ? digits : digits.toUpperCase(), conversion);
}

function layOutNumber(
  negative: boolean,
  prefix: string,
  digits: string,
  { flags, width }: Conversion,
): string {
  const sign = negative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
  const head = sign + prefix;
  if (flags.includes('-')) return pad(head + digits, ' ', '<', width);
  if (flags.includes('0')) return head + pad(digits, '0', '>', width - head.length);
  return pad(head + digits, ' ', '>', width);
}
