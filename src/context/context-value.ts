import { HOST, type HostType } from '../jinja/host.ts';
import { pairsOf } from '../jinja/mapping.ts';
import { str } from '../jinja/text.ts';
import { type Callable, hostFunction, type PyDict, tuple, type Value } from '../jinja/values.ts';
import type { ContextNames } from './names.ts';

/**
 * `context`: everything that the template can name, as a dict. Packages keep state in it (`context.update({...})`),
 * for later macros of the same node.
 */
export class ContextValue {
  readonly names: ContextNames;

  constructor(names: ContextNames) {
    this.names = names;
  }

  get [HOST](): HostType<ContextValue> {
    return contextType;
  }
}

const contextType: HostType<ContextValue> = {
  typeName: 'dict',
  isMapping: true,
  attr: (self, name) => methods.get(name)?.(self.names) ?? self.names.get(name),
  item: (self, key) => self.names.get(str(key)),
  iterate: (self) => [...self.names.keys()],
  length: (self) => [...self.names.keys()].length,
  contains: (self, key) => self.names.get(str(key)) !== undefined,
};

const keysOf = (names: ContextNames): string[] => [...names.keys()];
const entryOf = (names: ContextNames, key: string): Value => names.get(key) ?? null;

const methods: ReadonlyMap<string, (names: ContextNames) => Callable> = new Map([
  [
    'get',
    (names) =>
      hostFunction('get', ['key', ['default', null]], (key, fallback) => names.get(str(key!)) ?? fallback!),
  ],
  [
    'update',
    (names) =>
      hostFunction('update', [['other', []], '**named'], (other, named) => {
        const entries = [...pairsOf(other!), ...(named as PyDict).entries()];
        for (const [key, value] of entries) names.put(str(key), value);
        return null;
      }),
  ],
  [
    'setdefault',
    (names) =>
      hostFunction('setdefault', ['key', ['default', null]], (key, fallback) => {
        const known = names.get(str(key!));
        if (known === undefined) names.put(str(key!), fallback!);
        return known ?? fallback!;
      }),
  ],
  ['keys', (names) => hostFunction('keys', [], () => keysOf(names))],
  ['values', (names) => hostFunction('values', [], () => keysOf(names).map((key) => entryOf(names, key)))],
  [
    'items',
    (names) => hostFunction('items', [], () => keysOf(names).map((key) => tuple(key, entryOf(names, key)))),
  ],
] as const);
