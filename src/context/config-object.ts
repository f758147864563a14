import type { Diagnostic } from '../core/diagnostic.ts';
import { dictGet, dictItems } from '../jinja/dict.ts';
import { HOST, type HostType, type Kwargs } from '../jinja/host.ts';
import { raise } from '../jinja/py-error.ts';
import { str } from '../jinja/text.ts';
import { type Callable, hostFunction, isDict, type Value } from '../jinja/values.ts';
import { keyOfMeta, raiseDiagnostic, raisedByTemplate } from './errors.ts';

/** What `config` does in one phase. */
export interface ConfigBehaviour {
  /** A call `config(...)`: its keywords as written, `pre_hook` and `post_hook` with a dash. */
  configure(values: ReadonlyMap<string, Value>): void;
  /** The resolved value of a key; undefined where it is not set. Null in the parse phase, which knows none. */
  readonly lookup: ((name: string) => Value | undefined) | null;
  readonly report: (diagnostic: Diagnostic) => void;
  readonly model: Value;
}

/** `config` of a node: called to configure it, and asked for its configuration. */
export class ConfigObject {
  readonly behaviour: ConfigBehaviour;
  readonly members: ReadonlyMap<string, Callable>;

  constructor(behaviour: ConfigBehaviour) {
    this.behaviour = behaviour;
    this.members = new Map(functions(behaviour).map((member) => [member.name, member]));
  }

  get [HOST](): HostType<ConfigObject> {
    return configType;
  }
}

const configType: HostType<ConfigObject> = {
  typeName: 'config',
  attr: (self, name) => (name === 'model' ? self.behaviour.model : self.members.get(name)),
  attrNames: (self) => [...self.members.keys(), 'model'],
  call: (self, args, kwargs) => {
    self.behaviour.configure(configArguments(args, kwargs));
    return '';
  },
};

function configArguments(args: readonly Value[], kwargs: Kwargs | null): ReadonlyMap<string, Value> {
  const [first] = args;
  const dictionary = args.length === 1 && (kwargs === null || kwargs.size === 0) && isDict(first);
  if (!dictionary && args.length > 0) {
    raiseDiagnostic(
      raisedByTemplate(
        'Invalid inline model config: config() takes keywords, or one dictionary',
        'Compilation Error',
      ),
    );
  }
  const pairs = dictionary
    ? dictItems(first).map((item) => item as unknown as readonly [Value, Value])
    : (kwargs ?? []);
  const out = new Map<string, Value>();
  for (const [key, value] of pairs) {
    const given = str(key);
    const name = given === 'pre_hook' || given === 'post_hook' ? given.replace('_', '-') : given;
    if (out.has(name)) raiseDiagnostic(raisedByTemplate(twoSpellings(name), 'Compilation Error'));
    out.set(name, value);
  }
  return out;
}

const twoSpellings = (name: string): string =>
  `Invalid inline model config: '${name}' is given as '${name.replace('-', '_')}', too; keep one of them`;

function functions(behaviour: ConfigBehaviour): Callable[] {
  const { lookup } = behaviour;
  // The parse phase answers every question with an empty text, whatever the default: configuration is not known yet.
  const whileParsing = lookup === null;
  const find = (name: string): Value | undefined => lookup?.(name);
  const findMeta = (name: Value): Value | undefined => {
    const meta = find('meta');
    return isDict(meta) ? dictGet(meta, name) : undefined;
  };
  const required = (name: string, value: Value | undefined): Value => {
    if (whileParsing) return '';
    if (value !== undefined) return value;
    const message = `The model does not define a required config parameter '${name}'.`;
    return raiseDiagnostic(raisedByTemplate(message, 'Compilation Error'));
  };
  const persistDocs = (key: string) => (): Value => {
    const persist = find('persist_docs');
    if (persist === undefined || persist === null) return false;
    if (!isDict(persist)) return raise('TypeError', 'Invalid value provided for persist_docs. Expected dict');
    return dictGet(persist, key) ?? false;
  };
  return [
    hostFunction('get', ['name', ['default', null], ['validator', null]], (name, fallback) => {
      if (whileParsing) return '';
      const value = find(str(name!));
      if (value === undefined && findMeta(name!) !== undefined) behaviour.report(keyOfMeta(str(name!)));
      return value ?? fallback!;
    }),
    hostFunction('require', ['name', ['validator', null]], (name) => required(str(name!), find(str(name!)))),
    hostFunction('meta_get', ['name', ['default', null], ['validator', null]], (name, fallback) =>
      whileParsing ? '' : (findMeta(name!) ?? fallback!),
    ),
    hostFunction('meta_require', ['name', ['validator', null]], (name) =>
      required(`meta.${str(name!)}`, findMeta(name!)),
    ),
    hostFunction('set', ['name', 'value'], (name, value) => {
      behaviour.configure(new Map([[str(name!), value!]]));
      return '';
    }),
    hostFunction('persist_relation_docs', [], persistDocs('relation')),
    hostFunction('persist_column_docs', [], persistDocs('columns')),
  ];
}
