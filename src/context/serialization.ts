import { toJson } from '../jinja/json.ts';
import { parseJson } from '../jinja/parse-json.ts';
import { PyError, raise } from '../jinja/py-error.ts';
import { str } from '../jinja/text.ts';
import { type Callable, hostFunction, isText, typeName, type Value } from '../jinja/values.ts';
import { parseYaml, yamlText } from './yaml-text.ts';

/**
 * `fromjson`, `tojson`, `fromyaml`, `toyaml`: what cannot be read gives `default`, None unless given; a value that has
 * no form in JSON is a TypeError, as in Python.
 */
export function serializationFunctions(): readonly Callable[] {
  const attempt = (work: () => Value, fallback: Value): Value => {
    try {
      return work();
    } catch (caught) {
      if (caught instanceof PyError && caught.type === 'TypeError') throw caught;
      return fallback;
    }
  };
  return [
    hostFunction('fromjson', ['string', ['default', null]], (text, fallback) =>
      attempt(() => parseJson(jsonSource(text!)), fallback!),
    ),
    hostFunction('tojson', ['value', ['default', null], ['sort_keys', false]], (value, fallback, sortKeys) =>
      attempt(() => toJson(value!, { sortKeys: sortKeys === true }), fallback!),
    ),
    hostFunction('fromyaml', ['value', ['default', null]], (text, fallback) =>
      isText(text!) ? attempt(() => parseYaml(str(text)), fallback!) : fallback!,
    ),
    hostFunction('toyaml', ['value', ['default', null], ['sort_keys', false]], (value, fallback, sortKeys) =>
      attempt(() => yamlText(value!, { sortKeys: sortKeys === true }), fallback!),
    ),
  ];
}

function jsonSource(value: Value): string {
  if (isText(value)) return str(value);
  return raise('TypeError', `the JSON object must be str, bytes or bytearray, not ${typeName(value)}`);
}
