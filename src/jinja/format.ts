import { sliceText } from './code-points.ts';
import { type FormatSpec, layOutNumber, type NumberParts, pad, parseFormatSpec } from './format-spec.ts';
import type { Kwargs } from './host.ts';
import { type FloatPresentation, formatDouble, plainDouble } from './number-format.ts';
import { isFloat, isNumber, type NumberValue, toBigInt, toNumber } from './numbers.ts';
import { raise } from './py-error.ts';
import { asciiRepr, repr, reprText, str } from './text.ts';
import { hostTypeOf, isText, textOf, typeName, type Value } from './values.ts';

/** `format(value, spec)`. */
export function formatValue(value: Value, spec: string): string {
  const host = hostTypeOf(value);
  if (host?.format !== undefined) return host.format(value, spec);
  if (spec === '') return str(value);
  if (isText(value)) return formatText(textOf(value), parseFormatSpec(spec, typeName(value)));
  if (!isNumber(value)) {
    raise('TypeError', `unsupported format string passed to ${typeName(value)}.__format__`);
  }
  const parsed = parseFormatSpec(spec, typeName(value));
  const float = isFloat(value) || floatTypes.includes(parsed.type || ' ');
  return float ? formatFloat(value, parsed) : formatInt(value, parsed);
}

const floatTypes = 'eEfFgG%';

function formatText(text: string, spec: FormatSpec): string {
  if (spec.type !== '' && spec.type !== 's') unknownType(spec, 'str');
  if (spec.sign !== null) {
    const what = spec.sign === ' ' ? 'Space' : 'Sign';
    raise('ValueError', `${what} not allowed in string format specifier`);
  }
  if (spec.alternate) raise('ValueError', 'Alternate form (#) not allowed in string format specifier');
  if (spec.align === '=') raise('ValueError', "'=' alignment not allowed in string format specifier");
  if (spec.grouping !== null) raise('ValueError', `Cannot specify '${spec.grouping}' with 's'.`);
  const shown = spec.precision === null ? text : sliceText(text, 0, spec.precision);
  return pad(shown, spec.fill, spec.align ?? '<', spec.width);
}

function formatFloat(value: NumberValue, spec: FormatSpec): string {
  const lower = spec.type.toLowerCase();
  if (!'efg%n'.includes(lower)) unknownType(spec, 'float');
  const number = spec.type === '%' ? toNumber(value) * 100 : toNumber(value);
  let digits: string;
  if (lower === '' && spec.precision === null) digits = plainDouble(number);
  else {
    const type = (
      lower === '' ? 'r' : lower === '%' ? 'f' : lower === 'n' ? 'g' : lower
    ) as FloatPresentation;
    digits = formatDouble(number, type, spec.precision ?? 6, spec.alternate);
  }
  if (spec.type !== lower) digits = digits.toUpperCase();
  let negative = number < 0 || Object.is(number, -0);
  if (spec.noNegativeZero && /^[0.]+(?:e.*)?$/i.test(digits)) negative = false;
  if (spec.type === '%') digits += '%';
  return layOutNumber({ sign: signOf(negative, spec), prefix: '', digits }, spec);
}

const radixes: Readonly<Record<string, number>> = { b: 2, o: 8, x: 16, X: 16 };

function formatInt(value: NumberValue, spec: FormatSpec): string {
  const integer = toBigInt(value);
  if (spec.precision !== null) raise('ValueError', 'Precision not allowed in integer format specifier');
  if (spec.noNegativeZero)
    raise('ValueError', 'Negative zero coercion (z) not allowed in format specifier with integer');
  if (spec.type === 'c') return formatCharacter(integer, spec);
  const radix = radixes[spec.type];
  if (radix === undefined && !'dn'.includes(spec.type)) unknownType(spec, 'int');
  if (radix !== undefined && spec.grouping === ',')
    raise('ValueError', `Cannot specify ',' with '${spec.type}'.`);
  const size = integer < 0n ? -integer : integer;
  const digits = size.toString(radix ?? 10);
  const parts: NumberParts = {
    sign: signOf(integer < 0n, spec),
    prefix: spec.alternate && radix !== undefined ? `0${spec.type}` : '',
    digits: spec.type === 'X' ? digits.toUpperCase() : digits,
  };
  return layOutNumber(parts, spec, radix === undefined ? 3 : 4);
}

function formatCharacter(code: bigint, spec: FormatSpec): string {
  if (spec.sign !== null) raise('ValueError', "Sign not allowed with integer format specifier 'c'");
  if (code < 0n || code > 0x10ffffn) raise('OverflowError', '%c arg not in range(0x110000)');
  return pad(String.fromCodePoint(Number(code)), spec.fill, spec.align ?? '<', spec.width);
}

function signOf(negative: boolean, spec: FormatSpec): string {
  if (negative) return '-';
  return spec.sign === '+' || spec.sign === ' ' ? spec.sign : '';
}

function unknownType(spec: FormatSpec, type: string): never {
  return raise('ValueError', `Unknown format code '${spec.type}' for object of type '${type}'`);
}

/** How fields like `{user.name[0]}` read on: under the sandbox's rules, as everywhere else in a template. */
export interface FieldReader {
  attribute(value: Value, name: string): Value;
  item(value: Value, key: Value): Value;
}

/** `template.format(*args, **kwargs)`. */
export function formatTemplate(
  reader: FieldReader,
  template: string,
  args: readonly Value[],
  kwargs: Kwargs | null,
): string {
  return expand({ reader, args, kwargs, automatic: 0 }, template, 2);
}

interface Expansion {
  readonly reader: FieldReader;
  readonly args: readonly Value[];
  readonly kwargs: Kwargs | null;
  /** The next number of `{}`; null once a field has been numbered by hand. */
  automatic: number | null;
}

/** One `{name!conversion:spec}`; `end` is the offset behind it. */
interface Field {
  readonly name: string;
  readonly conversion: string | null;
  readonly spec: string;
  readonly end: number;
}

function expand(state: Expansion, template: string, depth: number): string {
  if (depth === 0) raise('ValueError', 'Max string recursion exceeded');
  let out = '';
  let index = 0;
  while (index < template.length) {
    const brace = template.slice(index).search(/[{}]/);
    if (brace < 0) return out + template.slice(index);
    out += template.slice(index, index + brace);
    index += brace;
    const character = template[index]!;
    if (template[index + 1] === character) {
      out += character;
      index += 2;
      continue;
    }
    if (character === '}') raise('ValueError', "Single '}' encountered in format string");
    const field = readField(template, index + 1);
    out += formatField(state, field, depth);
    index = field.end;
  }
  return out;
}

function readField(template: string, start: number): Field {
  if (start >= template.length) raise('ValueError', "Single '{' encountered in format string");
  let index = start;
  let bracket = false;
  for (; index < template.length; index += 1) {
    const character = template[index]!;
    if (character === '{') raise('ValueError', "unexpected '{' in field name");
    if (character === '[') bracket = true;
    else if (character === ']') bracket = false;
    else if (!bracket && '}:!'.includes(character)) break;
  }
  const name = template.slice(start, index);
  let conversion: string | null = null;
  if (template[index] === '!') {
    conversion =
      template[index + 1] ?? raise('ValueError', 'end of string while looking for conversion specifier');
    index += 2;
    if (template[index] !== ':' && template[index] !== '}') {
      raise('ValueError', "expected ':' after conversion specifier");
    }
  }
  if (template[index] === undefined) raise('ValueError', "expected '}' before end of string");
  if (template[index] === '}') return { name, conversion, spec: '', end: index + 1 };
  const specStart = index + 1;
  let open = 1;
  for (index = specStart; index < template.length; index += 1) {
    if (template[index] === '{') open += 1;
    else if (template[index] === '}') open -= 1;
    if (open === 0) return { name, conversion, spec: template.slice(specStart, index), end: index + 1 };
  }
  return raise('ValueError', "expected '}' before end of string");
}

function formatField(state: Expansion, field: Field, depth: number): string {
  const value = convert(lookUp(state, field.name), field.conversion);
  const spec =
    field.spec.includes('{') || field.spec.includes('}') ? expand(state, field.spec, depth - 1) : field.spec;
  return formatValue(value, spec);
}

function convert(value: Value, conversion: string | null): Value {
  switch (conversion) {
    case null:
      return value;
    case 's':
      return str(value);
    case 'r':
      return repr(value);
    case 'a':
      return asciiRepr(value);
    default:
      return raise('ValueError', `Unknown conversion specifier ${conversion}`);
  }
}

function lookUp(state: Expansion, field: string): Value {
  const end = field.search(/[.[]|$/);
  let value = firstOf(state, field.slice(0, end));
  let index = end;
  while (index < field.length) {
    if (field[index] === '.') {
      const stop = index + 1 + field.slice(index + 1).search(/[.[]|$/);
      const name = field.slice(index + 1, stop);
      if (name === '') raise('ValueError', 'Empty attribute in format string');
      value = state.reader.attribute(value, name);
      index = stop;
    } else {
      const close = field.indexOf(']', index);
      if (close < 0) raise('ValueError', "Missing ']' in format string");
      const key = field.slice(index + 1, close);
      if (key === '') raise('ValueError', 'Empty attribute in format string');
      value = state.reader.item(value, /^\d+$/.test(key) ? Number(key) : key);
      index = close + 1;
      if (index < field.length && field[index] !== '.' && field[index] !== '[') {
        raise('ValueError', "Only '.' or '[' may follow ']' in format field specifier");
      }
    }
  }
  return value;
}

function firstOf(state: Expansion, first: string): Value {
  if (first !== '' && !/^\d+$/.test(first)) {
    return state.kwargs?.get(first) ?? missingKey(state.kwargs, first);
  }
  let position: number;
  if (first === '') {
    if (state.automatic === null) {
      raise('ValueError', 'cannot switch from manual field specification to automatic field numbering');
    }
    position = state.automatic;
    state.automatic += 1;
  } else {
    if (state.automatic !== null && state.automatic > 0) {
      raise('ValueError', 'cannot switch from manual field specification to automatic field numbering');
    }
    state.automatic = null;
    position = Number(first);
  }
  const value = state.args[position];
  if (value !== undefined) return value;
  return raise('IndexError', 'tuple index out of range');
}

/** A keyword given as None is there, though `??` passes over it. */
function missingKey(kwargs: Kwargs | null, name: string): Value {
  return kwargs?.has(name) ? null : raise('KeyError', reprText(name));
}
