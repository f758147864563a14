import { dictEntries } from '../jinja/dict.ts';
import { HOST, type HostType } from '../jinja/host.ts';
import { truth } from '../jinja/operations.ts';
import { raise } from '../jinja/py-error.ts';
import { repr, str } from '../jinja/text.ts';
import { isDict, isText, PyDict, textOf, typeName, type Value } from '../jinja/values.ts';
import { membersOf, method } from './host-members.ts';

/** The parts of a relation's name, unquoted; null where a part is not given. */
export interface Path {
  readonly database: string | null;
  readonly schema: string | null;
  readonly identifier: string | null;
}

/** One decision per part of a name: is it quoted, is it printed. */
export interface Policy {
  readonly database: boolean;
  readonly schema: boolean;
  readonly identifier: boolean;
}

export const partNames = ['database', 'schema', 'identifier'] as const;
export type PartName = (typeof partNames)[number];

export const everyPart: Policy = { database: true, schema: true, identifier: true };

/** Names and values given for parts: keyword arguments, a dict, or a path or policy of another relation. */
export type PartsGiven = ReadonlyMap<string, Value>;

/** What templates see of `relation.path`, `.quote_policy` and `.include_policy`. */
export class PartsValue {
  readonly className: 'Path' | 'Policy';
  readonly parts: Path | Policy;

  constructor(className: 'Path' | 'Policy', parts: Path | Policy) {
    this.className = className;
    this.parts = parts;
  }

  get [HOST](): HostType<PartsValue> {
    return partsType;
  }
}

/** The path after the given parts replaced its own; a CompilationError for a part that is neither text nor none. */
export function pathWith(path: Path, given: PartsGiven): Path {
  const out = { ...path };
  for (const name of partNames) {
    const value = given.get(name);
    if (value === undefined) continue;
    if (value !== null && !isText(value))
      raise('CompilationError', `Got an invalid path ${name}: ${str(value)}`);
    out[name] = value === null ? null : textOf(value);
  }
  return out;
}

/** The policy after the given parts replaced its own; none leaves a part as it is. */
export function policyWith(policy: Policy, given: PartsGiven): Policy {
  const out = { ...policy };
  for (const name of partNames) {
    const value = given.get(name);
    if (value !== undefined && value !== null) out[name] = truth(value);
  }
  return out;
}

/** The parts that a template handed over as one value; a TypeError for anything that has no parts. */
export function partsOf(value: Value, what: string): PartsGiven {
  if (value instanceof PartsValue) return new Map(Object.entries(value.parts) as [string, Value][]);
  if (isDict(value)) return new Map(dictEntries(value).map(([key, part]) => [str(key), part]));
  return raise(
    'TypeError',
    `${what} must be a dict of database, schema and identifier, not ${typeName(value)}`,
  );
}

/** Refuses keywords that are no parts of a name, as Python refuses unknown arguments. */
export function refuseUnknownParts(className: string, given: PartsGiven): void {
  for (const name of given.keys()) {
    if (!(partNames as readonly string[]).includes(name)) {
      raise('TypeError', `${className}.__init__() got an unexpected keyword argument '${name}'`);
    }
  }
}

/** Keyword arguments of a `**kwargs` parameter as parts. */
export function keywordsOf(value: Value): PartsGiven {
  return new Map((value as PyDict).entries() as [string, Value][]);
}

const partOf = (self: PartsValue, name: string): Value | undefined =>
  (self.parts as unknown as Readonly<Record<string, Value>>)[name];

const members = membersOf<PartsValue>(
  {
    database: (self) => self.parts.database,
    schema: (self) => self.parts.schema,
    identifier: (self) => self.parts.identifier,
  },
  {
    get: method(['key', ['default', null]], (self, key, fallback) => partOf(self, str(key!)) ?? fallback!),
    get_part: method(['key'], (self, key) => {
      return (
        partOf(self, str(key!)) ??
        raise('ValueError', `Got a key of ${str(key!)}, expected one of ${partNames}`)
      );
    }),
    to_dict: method([['omit_none', false]], (self, omitNone) => {
      const entries = Object.entries(self.parts) as [string, Value][];
      return PyDict.fromEntries(truth(omitNone!) ? entries.filter(([, value]) => value !== null) : entries);
    }),
    replace: method(['**kwargs'], (self, kwargs) => {
      const given = keywordsOf(kwargs!);
      refuseUnknownParts(self.className, given);
      const parts =
        self.className === 'Path'
          ? pathWith(self.parts as Path, given)
          : policyWith(self.parts as Policy, given);
      return new PartsValue(self.className, parts);
    }),
  },
);

const partsType: HostType<PartsValue> = {
  typeName: 'Parts',
  ...members,
  isMapping: true,
  item: (self, key) => (isText(key) ? members.attr(self, textOf(key)) : undefined),
  contains: (self, item) => isText(item) && members.attr(self, textOf(item)) !== undefined,
  truth: () => true,
  equals: (self, other) => {
    if (!(other instanceof PartsValue) || other.className !== self.className) return false;
    return partNames.every((name) => self.parts[name] === other.parts[name]);
  },
  repr: (self) => {
    const fields = partNames.map((name) => `${name}=${repr(self.parts[name])}`);
    return `${self.className}(${fields.join(', ')})`;
  },
};
