import { PyDict } from './dict.ts';
import type { Kwargs, Parameter } from './host.ts';
import { raise } from './py-error.ts';
import { tupleOf } from './sequences.ts';
import type { Value } from './values.ts';

type Slot =
  | { readonly kind: 'positional'; readonly name: string; readonly fallback: Value | undefined }
  | { readonly kind: 'keyword'; readonly name: string; readonly fallback: Value | undefined }
  | { readonly kind: 'rest'; readonly name: string }
  | { readonly kind: 'keywords'; readonly name: string };

/** The parameters of a function, made ready for binding once. */
export interface Signature {
  readonly name: string;
  readonly slots: readonly Slot[];
  readonly positional: number;
  readonly hasRest: boolean;
  readonly hasKeywords: boolean;
}

/** Parameters after `*name` or `*` can be given by name only, as in Python. */
export function signature(name: string, parameters: readonly Parameter[]): Signature {
  const slots: Slot[] = [];
  let hasRest = false;
  let byName = false;
  let hasKeywords = false;
  for (const parameter of parameters) {
    if (typeof parameter === 'string' && parameter.startsWith('**')) {
      hasKeywords = true;
      slots.push({ kind: 'keywords', name: parameter.slice(2) });
    } else if (typeof parameter === 'string' && parameter.startsWith('*')) {
      byName = true;
      hasRest = parameter !== '*';
      if (hasRest) slots.push({ kind: 'rest', name: parameter.slice(1) });
    } else {
      const [own, fallback] = typeof parameter === 'string' ? [parameter, undefined] : parameter;
      slots.push({ kind: byName ? 'keyword' : 'positional', name: own, fallback });
    }
  }
  const positional = slots.filter((slot) => slot.kind === 'positional').length;
  return { name, slots, positional, hasRest, hasKeywords };
}

/** One value per parameter, in their order. Errors are Python's TypeErrors, in Python's order and wording. */
export function bindArguments(target: Signature, args: readonly Value[], kwargs: Kwargs | null): Value[] {
  const extra = kwargs === null || kwargs.size === 0 ? null : unknownKeywords(target, args, kwargs);
  if (args.length > target.positional && !target.hasRest) tooMany(target, args.length);
  const out: Value[] = [];
  const missing: string[] = [];
  const missingKeywords: string[] = [];
  let index = 0;
  for (const slot of target.slots) {
    if (slot.kind === 'rest') out.push(tupleOf(args.slice(target.positional)));
    else if (slot.kind === 'keywords') out.push(extra ?? new PyDict());
    else {
      const byPosition = slot.kind === 'positional' ? args[index] : undefined;
      if (slot.kind === 'positional') index += 1;
      const given = byPosition === undefined ? kwargs?.get(slot.name) : byPosition;
      const bound = given === undefined ? slot.fallback : given;
      if (bound === undefined) (slot.kind === 'positional' ? missing : missingKeywords).push(slot.name);
      else out.push(bound);
    }
  }
  if (missing.length > 0) missingArguments(target.name, 'positional', missing);
  if (missingKeywords.length > 0) missingArguments(target.name, 'keyword-only', missingKeywords);
  return out;
}

function unknownKeywords(target: Signature, args: readonly Value[], kwargs: Kwargs): PyDict | null {
  let extra: PyDict | null = null;
  for (const [name, value] of kwargs) {
    const position = target.slots.findIndex((slot) => slot.name === name && isNamed(slot));
    if (position < 0) {
      if (!target.hasKeywords) {
        raise('TypeError', `${target.name}() got an unexpected keyword argument '${name}'`);
      }
      extra ??= new PyDict();
      extra.set(name, value);
    } else if (target.slots[position]!.kind === 'positional' && position < args.length) {
      raise('TypeError', `${target.name}() got multiple values for argument '${name}'`);
    }
  }
  return extra;
}

const isNamed = (slot: Slot): boolean => slot.kind === 'positional' || slot.kind === 'keyword';

function tooMany(target: Signature, given: number): never {
  const most = target.positional;
  const required = target.slots.filter(
    (slot) => slot.kind === 'positional' && slot.fallback === undefined,
  ).length;
  const takes = required === most ? String(most) : `from ${required} to ${most}`;
  const noun = most === 1 && required === most ? 'argument' : 'arguments';
  const verb = given === 1 ? 'was' : 'were';
  raise('TypeError', `${target.name}() takes ${takes} positional ${noun} but ${given} ${verb} given`);
}

function missingArguments(name: string, kind: string, missing: readonly string[]): never {
  const quoted = missing.map((each) => `'${each}'`);
  const last = quoted.pop()!;
  const joined =
    quoted.length === 0 ? last : `${quoted.join(', ')}${quoted.length > 1 ? ',' : ''} and ${last}`;
  const noun = missing.length === 1 ? 'argument' : 'arguments';
  raise('TypeError', `${name}() missing ${missing.length} required ${kind} ${noun}: ${joined}`);
}
