import { charactersOf, lengthOfText } from '../code-points.ts';
import { iterableItems, truth } from '../operations.ts';
import { raise } from '../py-error.ts';
import { isUnprintable } from '../text.ts';
import { isText, type Markup, PyDict, textOf, tuple, typeName, type Value } from '../values.ts';
import { splitLines, strip } from '../whitespace.ts';
import { type Declaration, type MethodTable, methodTable } from './method.ts';
import {
  fillArgument,
  intArgument,
  optionalText,
  separatorArgument,
  stripArgument,
  textArgument,
} from './text-arguments.ts';
import { capitalize, caseFold, isLower, isTitle, isUpper, swapCase, titleCase } from './text-case.ts';
import { searchMethods } from './text-search.ts';
import { replaceText, splitText, splitTextFromEnd } from './text-split.ts';

function join(separator: string, items: Value): string {
  const list = iterableItems(items) ?? raise('TypeError', 'can only join an iterable');
  return list
    .map((item, index) => {
      if (isText(item)) return textOf(item);
      return raise('TypeError', `sequence item ${index}: expected str instance, ${typeName(item)} found`);
    })
    .join(separator);
}

function partition(text: string, separator: string, fromEnd: boolean): Value {
  if (separator === '') raise('ValueError', 'empty separator');
  const found = fromEnd ? text.lastIndexOf(separator) : text.indexOf(separator);
  if (found < 0) return fromEnd ? tuple('', '', text) : tuple(text, '', '');
  return tuple(text.slice(0, found), separator, text.slice(found + separator.length));
}

/** Centres as `str.center` does, which puts the odd blank left only where the width is odd, too. */
export function center(text: string, width: number, fill: string): string {
  const missing = width - lengthOfText(text);
  if (missing <= 0) return text;
  const left = Math.floor(missing / 2) + (missing & width & 1);
  return fill.repeat(left) + text + fill.repeat(missing - left);
}

function zeroFill(text: string, width: number): string {
  const missing = Math.max(0, width - lengthOfText(text));
  const sign = /^[+-]/.test(text) ? text[0]! : '';
  return sign + '0'.repeat(missing) + text.slice(sign.length);
}

function expandTabs(text: string, size: number): string {
  let out = '';
  let column = 0;
  for (const character of text) {
    if (character === '\t') {
      const width = size > 0 ? size - (column % size) : 0;
      out += ' '.repeat(width);
      column += width;
    } else {
      out += character;
      column = character === '\n' || character === '\r' ? 0 : column + 1;
    }
  }
  return out;
}

/** Characters by their code points: a missing one stays, None removes it. */
function translate(text: string, table: Value): string {
  if (!(table instanceof PyDict)) raise('TypeError', 'a translation table must be a dict');
  return charactersOf(text)
    .map((character) => {
      const mapped = table.get(character.codePointAt(0)!);
      if (mapped === undefined) return character;
      if (mapped === null) return '';
      if (isText(mapped)) return textOf(mapped);
      return typeof mapped === 'number'
        ? String.fromCodePoint(mapped)
        : raise('TypeError', 'character mapping must return integer, None or str');
    })
    .join('');
}

function translationTable(from: Value, to: Value | undefined, removed: Value | undefined): PyDict {
  const out = new PyDict();
  if (to === undefined) {
    if (!(from instanceof PyDict)) {
      raise('TypeError', 'if you give only one argument to maketrans it must be a dict');
    }
    for (const [key, value] of from.entries())
      out.set(isText(key) ? textOf(key).codePointAt(0)! : key, value);
    return out;
  }
  const sources = charactersOf(textArgument(from, 'maketrans() argument 1'));
  const targets = charactersOf(textArgument(to, 'maketrans() argument 2'));
  if (sources.length !== targets.length) {
    raise('ValueError', 'the first two maketrans arguments must have equal length');
  }
  for (const [index, source] of sources.entries())
    out.set(source.codePointAt(0)!, targets[index]!.codePointAt(0)!);
  for (const gone of charactersOf(optionalText(removed, 'maketrans() argument 3') ?? '')) {
    out.set(gone.codePointAt(0)!, null);
  }
  return out;
}

const digitSigns =
  '\\p{Nd}\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089\u2460-\u2468\u2474-\u247c\u2488-\u2490';

/** Claims about all characters of a text that is not empty. */
const claims: Readonly<Record<string, RegExp>> = {
  isdecimal: /^\p{Nd}+$/u,
  isdigit: new RegExp(`^[${digitSigns}]+$`, 'u'),
  isnumeric: /^[\p{N}〇一二三四五六七八九十百千万億兆]+$/u,
  isalpha: /^\p{L}+$/u,
  isalnum: /^[\p{L}\p{N}]+$/u,
  isidentifier: /^[\p{XID_Start}_]\p{XID_Continue}*$/u,
};

const claimMethods = Object.fromEntries(
  Object.entries(claims).map(([name, pattern]): [string, Declaration<string>] => [
    name,
    [0, 0, (text) => pattern.test(text)],
  ]),
);

const declarations: Readonly<Record<string, Declaration<string>>> = {
  ...searchMethods,
  ...claimMethods,
  isspace: [0, 0, (text) => text !== '' && strip(text, null) === ''],
  isascii: [0, 0, (text) => !/[^\0-\x7f]/.test(text)],
  isprintable: [0, 0, (text) => !isUnprintable(text)],
  islower: [0, 0, isLower],
  isupper: [0, 0, isUpper],
  istitle: [0, 0, isTitle],
  upper: [0, 0, (text) => text.toUpperCase()],
  lower: [0, 0, (text) => text.toLowerCase()],
  casefold: [0, 0, caseFold],
  capitalize: [0, 0, capitalize],
  title: [0, 0, titleCase],
  swapcase: [0, 0, swapCase],
  strip: [0, 1, (text, [chars]) => strip(text, stripArgument(chars, 'strip'))],
  lstrip: [0, 1, (text, [chars]) => strip(text, stripArgument(chars, 'lstrip'), 'left')],
  rstrip: [0, 1, (text, [chars]) => strip(text, stripArgument(chars, 'rstrip'), 'right')],
  join: [1, 1, (text, [items]) => join(text, items!)],
  split: {
    parameters: [
      ['sep', null],
      ['maxsplit', -1],
    ],
    run: (text, [separator, limit]) => splitText(text, separatorArgument(separator!), intArgument(limit!)),
  },
  rsplit: {
    parameters: [
      ['sep', null],
      ['maxsplit', -1],
    ],
    run: (text, [separator, limit]) =>
      splitTextFromEnd(text, separatorArgument(separator!), intArgument(limit!)),
  },
  splitlines: { parameters: [['keepends', false]], run: (text, [keep]) => splitLines(text, truth(keep!)) },
  partition: [1, 1, (text, [separator]) => partition(text, textArgument(separator), false)],
  rpartition: [1, 1, (text, [separator]) => partition(text, textArgument(separator), true)],
  replace: [
    2,
    3,
    (text, [old, replacement, count]) =>
      replaceText(
        text,
        textArgument(old, 'replace() argument 1'),
        textArgument(replacement, 'replace() argument 2'),
        count === undefined ? -1 : intArgument(count),
      ),
  ],
  removeprefix: [
    1,
    1,
    (text, [prefix]) => removePrefix(text, textArgument(prefix, 'removeprefix() argument')),
  ],
  removesuffix: [
    1,
    1,
    (text, [suffix]) => removeSuffix(text, textArgument(suffix, 'removesuffix() argument')),
  ],
  center: [1, 2, (text, [width, fill]) => center(text, intArgument(width!), fillArgument(fill))],
  ljust: [1, 2, (text, [width, fill]) => text + padding(text, width!, fill)],
  rjust: [1, 2, (text, [width, fill]) => padding(text, width!, fill) + text],
  zfill: [1, 1, (text, [width]) => zeroFill(text, intArgument(width!))],
  expandtabs: { parameters: [['tabsize', 8]], run: (text, [size]) => expandTabs(text, intArgument(size!)) },
  translate: [1, 1, (text, [table]) => translate(text, table!)],
  maketrans: [1, 3, (_, [from, to, removed]) => translationTable(from!, to, removed)],
};

function removePrefix(text: string, prefix: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}

function removeSuffix(text: string, suffix: string): string {
  return suffix !== '' && text.endsWith(suffix) ? text.slice(0, -suffix.length) : text;
}

function padding(text: string, width: Value, fill: Value | undefined): string {
  return fillArgument(fill).repeat(Math.max(0, intArgument(width) - lengthOfText(text)));
}

/** Methods of str, but for `format`, which looks attributes up and stands where that is done. */
export const strMethods: MethodTable = methodTable(
  'str',
  (self) => textOf(self as string | Markup),
  declarations,
);
