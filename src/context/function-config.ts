import { dictGet } from '../jinja/dict.ts';
import { HOST, type HostType } from '../jinja/host.ts';
import { raise } from '../jinja/py-error.ts';
import { isDict, isText, textOf, typeName, type Value } from '../jinja/values.ts';
import { membersOf } from './host-members.ts';

/** What `relation.get_function_config(model)` gives: what decides which macro makes a function of the warehouse. */
export class FunctionConfigValue {
  readonly language: string;
  readonly type: string;
  readonly runtimeVersion: Value;
  readonly entryPoint: Value;

  constructor(language: string, type: string, runtimeVersion: Value, entryPoint: Value) {
    this.language = language;
    this.type = type;
    this.runtimeVersion = runtimeVersion;
    this.entryPoint = entryPoint;
  }

  get [HOST](): HostType<FunctionConfigValue> {
    return functionConfigType;
  }
}

const shown = ({ language, type }: FunctionConfigValue): string =>
  `FunctionConfig(language='${language}', type='${type}')`;

const functionConfigType: HostType<FunctionConfigValue> = {
  typeName: 'FunctionConfig',
  ...membersOf<FunctionConfigValue>(
    {
      language: (self) => self.language,
      type: (self) => self.type,
      runtime_version: (self) => self.runtimeVersion,
      entry_point: (self) => self.entryPoint,
    },
    {},
  ),
  str: shown,
  repr: shown,
};

/** None of a model that is no function. */
export function functionConfig(model: Value): FunctionConfigValue | null {
  const get = (dict: Value, key: string): Value => (isDict(dict) ? (dictGet(dict, key) ?? null) : null);
  const text = (value: Value): string => (isText(value) ? textOf(value) : '');
  if (text(get(model, 'resource_type')) !== 'function') return null;
  const config = get(model, 'config');
  return new FunctionConfigValue(
    text(get(model, 'language')),
    text(get(config, 'type')),
    get(config, 'runtime_version'),
    get(config, 'entry_point'),
  );
}

/** The macro that makes functions of a kind and language: `scalar_function_sql`. */
export const macroOfKind = (type: string, language: string): string => `${type}_function_${language}`;

export function functionMacroName(config: Value): string {
  if (config instanceof FunctionConfigValue) return macroOfKind(config.type, config.language);
  return raise('AttributeError', `'${typeName(config)}' object has no attribute 'type'`);
}
