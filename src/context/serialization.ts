import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';
import { toJson } from '../jinja/json.ts';
import { parseJson } from '../jinja/parse-json.ts';
import { str } from '../jinja/text.ts';
import { type Callable, hostFunction, type Value } from '../jinja/values.ts';
import { fromPlain, toPlain } from './plain.ts';

/** Few projects convert YAML: the package is loaded by the first that does. */
const yaml = (): typeof Yaml => createRequire(import.meta.url)('yaml') as typeof Yaml;

/** `fromjson`, `tojson`, `fromyaml`, `toyaml`: a failing conversion gives `default`, None unless given. */
export function serializationFunctions(): readonly Callable[] {
  const attempt = (work: () => Value, fallback: Value): Value => {
    try {
      return work();
    } catch {
      return fallback;
    }
  };
  return [
    hostFunction('fromjson', ['string', ['default', null]], (text, fallback) =>
      attempt(() => parseJson(str(text!)), fallback!),
    ),
    hostFunction('tojson', ['value', ['default', null], ['sort_keys', false]], (value, fallback, sortKeys) =>
      attempt(() => toJson(value!, { sortKeys: sortKeys === true }), fallback!),
    ),
    hostFunction('fromyaml', ['value', ['default', null]], (text, fallback) =>
      attempt(() => fromPlain(yaml().parse(str(text!), { version: '1.1', merge: true })), fallback!),
    ),
    hostFunction('toyaml', ['value', ['default', null], ['sort_keys', false]], (value, fallback, sortKeys) =>
      attempt(
        () =>
          yaml().stringify(toPlain(value!), {
            version: '1.1',
            sortMapEntries: sortKeys === true,
            indentSeq: false,
          }),
        fallback!,
      ),
    ),
  ];
}
