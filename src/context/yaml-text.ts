import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';
import { str } from '../jinja/text.ts';
import { hostTypeOf, PyDict, PyFloat, Undefined, type Value } from '../jinja/values.ts';
import { DateValue } from './modules/datetime/date.ts';
import { DateTime } from './modules/datetime/datetime.ts';
import { FixedZone, fixedUtc } from './modules/datetime/zone.ts';
import { fromPlain, toPlain } from './plain.ts';

/** Few projects convert YAML: the package is loaded by the first that does. */
const yaml = (): typeof Yaml => createRequire(import.meta.url)('yaml') as typeof Yaml;

/** YAML as PyYAML's safe loader reads it, dates and floats included. Throws where it is none. */
export function parseYaml(text: string): Value {
  const options = { version: '1.1', merge: true, mapAsMap: true, uniqueKeys: false, customTags: pythonTags };
  return templateValue(yaml().parse(text, options as Yaml.ParseOptions & Yaml.DocumentOptions));
}

/** YAML as PyYAML's safe dumper writes it: block style, single quotes, plain ASCII. Throws where a value has no form in it. */
export function yamlText(value: Value, { sortKeys }: { readonly sortKeys: boolean }): string {
  const { stringify, Scalar } = yaml();
  const scalar = (plain: unknown, fields: Partial<Yaml.Scalar>): Yaml.Scalar =>
    Object.assign(new Scalar(plain), fields);
  const written = (one: Value): unknown => {
    if (one instanceof DateValue || one instanceof DateTime) return new PlainText(str(one));
    if (one instanceof PyFloat) return scalar(one.value, { minFractionDigits: 1 });
    if (one instanceof PyDict) {
      const entries = [...one.entries()];
      if (sortKeys) entries.sort(([x], [y]) => (str(x) < str(y) ? -1 : 1));
      return new Map(entries.map(([key, item]) => [written(key), written(item)]));
    }
    if (Array.isArray(one)) return one.map(written);
    // Relations, `adapter`, decimals and what is undefined.
    if (one instanceof Undefined || hostTypeOf(one) !== undefined) throw new Error('no form in YAML');
    const plain = toPlain(one);
    if (typeof plain !== 'string') return plain;
    if (/^[yn]$/i.test(plain)) return new PlainText(plain);
    return /[^ -~\n]/.test(plain) ? scalar(plain, { type: 'QUOTE_DOUBLE' }) : plain;
  };
  const text = stringify(written(value), {
    version: '1.1',
    // Else a mapping whose order is kept would be a list.
    customTags: (tags) => [
      plainTag,
      ...tags.filter((tag) => typeof tag === 'string' || !/:omap$/.test(tag.tag)),
    ],
    indentSeq: false,
    singleQuote: true,
    blockQuote: false,
  });
  return text.replace(/[^ -~\n]/gu, escaped);
}

/** Stands without quotes: times, and words that are yes and no to YAML 1.1 but not to PyYAML. */
class PlainText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

const plainTag: Yaml.ScalarTag = {
  tag: 'tag:yaml.org,2002:timestamp',
  default: true,
  identify: (value) => value instanceof PlainText,
  resolve: (text) => text,
  stringify: ({ value }) => (value as PlainText).text,
};

/** Only quoted texts have characters beyond ASCII. */
function escaped(character: string): string {
  const code = character.codePointAt(0)!;
  const [letter, width] = code < 0x100 ? ['x', 2] : code < 0x10000 ? ['u', 4] : ['U', 8];
  return `\\${letter}${code
    .toString(16)
    .toUpperCase()
    .padStart(width as number, '0')}`;
}

function templateValue(data: unknown): Value {
  if (Array.isArray(data)) return data.map(templateValue);
  if (data instanceof Map)
    return PyDict.fromEntries(
      [...data].map(([key, value]) => [templateValue(key), templateValue(value)] as const),
    );
  return fromPlain(data);
}

const float =
  /^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?|\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const timestamp =
  /^(\d{4})-(\d\d?)-(\d\d?)(?:(?:[Tt]|[ \t]+)(\d\d?):(\d\d):(\d\d)(?:\.(\d*))?(?:[ \t]*(?:(Z)|([-+])(\d\d?)(?::(\d\d))?))?)?$/;

/** The tags of YAML 1.1 whose values Python prints differently from JavaScript. */
const pythonTags: Yaml.TagId[] | ((tags: Yaml.Tags) => Yaml.Tags) = (tags) => [
  {
    tag: 'tag:yaml.org,2002:float',
    default: true,
    test: float,
    resolve: (text: string) => new PyFloat(numberOf(text.replaceAll('_', '').toLowerCase())),
  },
  { tag: 'tag:yaml.org,2002:timestamp', default: true, test: timestamp, resolve: timeOf },
  ...tags.filter((tag) => typeof tag === 'string' || !/:(?:float|timestamp)$/.test(tag.tag)),
];

function numberOf(text: string): number {
  if (text.endsWith('.nan')) return Number.NaN;
  if (!text.endsWith('.inf')) return Number(text);
  return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

function timeOf(text: string): DateValue | DateTime {
  const [, year, month, day, hour, minute, second, fraction = '', utc, sign, hours, minutes = '0'] =
    timestamp.exec(text)!;
  const date = new DateValue({ year: Number(year), month: Number(month), day: Number(day) });
  if (hour === undefined) return date;
  const clock = {
    hour: Number(hour),
    minute: Number(minute),
    second: Number(second),
    microsecond: Number(fraction.slice(0, 6).padEnd(6, '0')),
  };
  const size = (Number(hours ?? 0) * 60 + Number(minutes)) * 60;
  const zone = utc !== undefined || size === 0 ? fixedUtc : new FixedZone(sign === '-' ? -size : size);
  return new DateTime(date, clock, utc === undefined && hours === undefined ? null : (zone as never));
}
