import { getAttribute, isPrivate, memberOf, missingAttribute, missingPrivate } from '../access.ts';
import { toJson } from '../json.ts';
import { intArgument } from '../methods/text-arguments.ts';
import { truth } from '../operations.ts';
import { str } from '../text.ts';
import { Markup, PyTuple, Undefined, type Value } from '../values.ts';
import { type Filter, filter } from './filter.ts';

const htmlUnsafe: Readonly<Record<string, string>> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  "'": '\\u0027',
};

const identity = (name: string): [string, Filter] => filter(name, [], (_, value) => value);

export const valueFilters: readonly (readonly [string, Filter])[] = [
  ...['default', 'd'].map((name) =>
    filter(
      name,
      [
        ['default_value', ''],
        ['boolean', false],
      ],
      (_, value, fallback, boolean) => {
        const missing = value instanceof Undefined || (truth(boolean!) && !truth(value));
        return missing ? fallback! : value;
      },
    ),
  ),
  filter('attr', ['name'], (env, value, given) => {
    const name = str(given!);
    if (value instanceof Undefined) return getAttribute(env, value, name);
    if (isPrivate(name)) return missingPrivate(value, name);
    return memberOf(env, value, name) ?? missingAttribute(env, value, name);
  }),
  filter('tojson', [['indent', null]], (_, value, indent) => {
    const text = toJson(value, { sortKeys: true, indent: indent === null ? null : intArgument(indent!) });
    return new Markup(text.replace(/[<>&']/g, (character) => htmlUnsafe[character]!));
  }),
  // dbt's; in native rendering (YAML values) the first four mark the type of the result instead.
  identity('as_text'),
  identity('as_bool'),
  identity('as_native'),
  identity('as_number'),
  filter('is_list', [], (_, value: Value) => Array.isArray(value) && !(value instanceof PyTuple)),
];
