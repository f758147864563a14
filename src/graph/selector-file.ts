import { DiagnosticError, Diagnostics } from '../core/diagnostic.ts';
import { didYouMean } from '../core/nearest.ts';
import type { Span } from '../core/span.ts';
import { invalidSelectorDefinition, selectorNotFound, severalDefaultSelectors } from './errors.ts';
import {
  type Criterion,
  type IndirectSelection,
  indirectSelections,
  type Selector,
  type SelectorDefinition,
  type SelectorGroup,
} from './selector.ts';
import { parseCriterion, parseMethod } from './selector-grammar.ts';

export interface SelectorFileOptions {
  /** The command line's mode, for criteria that name none themselves. */
  readonly indirect: IndirectSelection;
  /** Where what has that path in the file stands (`['selectors', 0, 'definition', ...]`); asked for errors only. */
  readonly spanOf?: (path: readonly (string | number)[], what: 'key' | 'value') => Span | null;
}

/**
 * Reads the entries under `selectors:` of `selectors.yml` (rendered, in the file's order): each may use those above
 * it through `method: selector`. Throws every mistake at once.
 */
export function parseSelectorDefinitions(
  entries: Iterable<unknown>,
  options: SelectorFileOptions,
): ReadonlyMap<string, SelectorDefinition> {
  const diagnostics = new Diagnostics();
  const known = new Map<string, SelectorDefinition>();
  let defaultName: string | null = null;
  for (const [index, entry] of [...entries].entries()) {
    const definition = diagnostics.collect(() => parseEntry(entry, index, known, options));
    if (definition === undefined) continue;
    known.set(definition.name, definition);
    if (!definition.isDefault) continue;
    if (defaultName !== null) {
      const span = options.spanOf?.(['selectors', index, 'default'], 'value') ?? null;
      diagnostics.add(severalDefaultSelectors(defaultName, definition.name, span));
    }
    defaultName ??= definition.name;
  }
  diagnostics.throwIfErrors();
  return known;
}

/** The definition that `--selector` names; throws `selector-not-found`. */
export function findSelector(
  definitions: ReadonlyMap<string, SelectorDefinition>,
  name: string,
): SelectorDefinition {
  const found = definitions.get(name);
  if (found === undefined) throw new DiagnosticError(selectorNotFound(name, definitions.keys()));
  return found;
}

/** The definition that stands in where neither `--select` nor `--exclude` nor `--selector` was given. */
export function defaultSelector(
  definitions: ReadonlyMap<string, SelectorDefinition>,
): SelectorDefinition | null {
  for (const definition of definitions.values()) if (definition.isDefault) return definition;
  return null;
}

type Dict = Readonly<Record<string, unknown>>;

const isDict = (value: unknown): value is Dict =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const entryKeys: readonly string[] = ['name', 'description', 'default', 'definition'];

function parseEntry(
  entry: unknown,
  index: number,
  known: ReadonlyMap<string, SelectorDefinition>,
  options: SelectorFileOptions,
): SelectorDefinition {
  const name = isDict(entry) && typeof entry['name'] === 'string' ? entry['name'] : '';
  const reader = new DefinitionReader(name, index, known, options);
  if (!isDict(entry)) return reader.failEntry(null, 'expected a name and a definition');
  if (name === '') return reader.failEntry(null, "'name' is missing");
  const unknownKey = Object.keys(entry).find((key) => !entryKeys.includes(key));
  if (unknownKey !== undefined) {
    const hint = didYouMean(unknownKey, entryKeys);
    return reader.failEntry(unknownKey, `'${unknownKey}' is not a key of a selector`, hint);
  }
  const isDefault = entry['default'] ?? false;
  if (typeof isDefault !== 'boolean') return reader.failEntry('default', "'default' must be true or false");
  const description = typeof entry['description'] === 'string' ? entry['description'] : '';
  return { name, description, isDefault, selector: reader.readRoot(entry['definition']) };
}

class DefinitionReader {
  readonly #name: string;
  /** Of the entry in its file. */
  readonly #index: number;
  readonly #known: ReadonlyMap<string, SelectorDefinition>;
  readonly #indirect: IndirectSelection;
  readonly #spanOf: NonNullable<SelectorFileOptions['spanOf']>;

  constructor(
    name: string,
    index: number,
    known: ReadonlyMap<string, SelectorDefinition>,
    options: SelectorFileOptions,
  ) {
    this.#name = name;
    this.#index = index;
    this.#known = known;
    this.#indirect = options.indirect;
    this.#spanOf = options.spanOf ?? (() => null);
  }

  /** `at` is a place in the definition: `union[1].exclude`. */
  fail(at: string, problem: string, hint: string | null = null): never {
    throw new DiagnosticError(invalidSelectorDefinition(this.#name, at, problem, this.#spanAt(at), hint));
  }

  /** `key` is one of the entry itself; null where it is the entry as a whole. */
  failEntry(key: string | null, problem: string, hint: string | null = null): never {
    const path = ['selectors', this.#index, ...(key === null ? [] : [key])];
    const span = this.#spanOf(path, key === null ? 'value' : 'key');
    throw new DiagnosticError(invalidSelectorDefinition(this.#name, '', problem, span, hint));
  }

  #spanAt(at: string): Span | null {
    const parts = at.match(/[^.[\]]+/g) ?? [];
    const path = parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part));
    return this.#spanOf(['selectors', this.#index, 'definition', ...path], 'value');
  }

  /** What the grammar refuses, placed in the file. */
  #placed<T>(at: string, work: () => T): T {
    try {
      return work();
    } catch (caught) {
      if (!(caught instanceof DiagnosticError)) throw caught;
      const span = this.#spanAt(at);
      throw new DiagnosticError(caught.diagnostics.map((one) => ({ ...one, span: span ?? one.span })));
    }
  }

  readRoot(definition: unknown): Selector {
    if (isDict(definition) && ('union' in definition || 'intersection' in definition)) {
      const keys = Object.keys(definition);
      if (keys.length > 1) {
        this.fail(
          '',
          `only a single 'union' or 'intersection' may stand at the root; found ${keys.join(', ')}`,
        );
      }
    }
    return this.#read(definition, '');
  }

  #read(definition: unknown, at: string): Selector {
    if (typeof definition === 'string') return this.#readSpec(definition, at);
    if (!isDict(definition)) return this.fail(at, "expected text, 'union', 'intersection' or a method");
    if ('union' in definition) return this.#readGroup('union', definition['union'], join(at, 'union'));
    if ('intersection' in definition) {
      return this.#readGroup('intersection', definition['intersection'], join(at, 'intersection'));
    }
    return this.#readMethod(definition, at);
  }

  /** The command line's way of writing one criterion; commas and spaces mean nothing in it. */
  #readSpec(spec: string, at: string): Criterion {
    const place = {
      file: `selectors.yml ${this.#name} ${at}`.trim(),
      text: spec,
      start: 0,
      end: spec.length,
    };
    return this.#placed(at, () => parseCriterion(spec, place, this.#indirect));
  }

  #readGroup(kind: 'union' | 'intersection', value: unknown, at: string): SelectorGroup {
    if (!Array.isArray(value)) return this.fail(at, 'expected a list');
    const components: Selector[] = [];
    let excluded: Selector | null = null;
    let hasExclude = false;
    for (const [index, part] of value.entries()) {
      const place = `${at}[${index}]`;
      if (isDict(part) && 'exclude' in part) {
        if (hasExclude) this.fail(place, "only one 'exclude' may stand in a list");
        hasExclude = true;
        excluded = this.#readExclude(part['exclude'], join(place, 'exclude'));
      } else components.push(this.#read(part, place));
    }
    // dbt settles waiting tests by the mode of each criterion only, never again for a group of a file.
    return without({ kind, components, indirect: 'eager', expected: null }, excluded);
  }

  #readExclude(value: unknown, at: string): Selector | null {
    if (!Array.isArray(value)) return this.fail(at, 'expected a list');
    const components = value.map((part, index) => this.#read(part, `${at}[${index}]`));
    if (components.length <= 1) return components[0] ?? null;
    return { kind: 'union', components, indirect: 'eager', expected: null };
  }

  #readMethod(definition: Dict, at: string): Selector {
    const keys = Object.keys(definition);
    const [only] = keys;
    if (keys.length === 1 && only !== undefined) {
      return this.#readCriterion({ method: only, value: definition[only] }, at);
    }
    if (definition['method'] === 'selector') return this.#readReference(definition['value'], at);
    if (!('method' in definition) || !('value' in definition)) {
      return this.fail(
        at,
        `expected 'method' and 'value', or a single method; found ${keys.join(', ') || 'nothing'}`,
      );
    }
    const criterion = this.#readCriterion(definition, at);
    const { exclude } = definition;
    if (exclude === undefined) return criterion;
    const excluded = this.#readExclude(exclude, join(at, 'exclude'));
    return excluded === null
      ? criterion
      : { kind: 'difference', components: [criterion, excluded], indirect: 'eager', expected: null };
  }

  #readReference(name: unknown, at: string): Selector {
    const found = typeof name === 'string' ? this.#known.get(name) : undefined;
    if (found === undefined) {
      const above = [...this.#known.keys()];
      const listed = above.length === 0 ? 'none is' : `defined are ${above.join(', ')}`;
      const hint = didYouMean(String(name), above);
      return this.fail(at, `selector '${String(name)}' is not defined above this one; ${listed}`, hint);
    }
    return found.selector;
  }

  #readCriterion(definition: Dict, at: string): Criterion {
    const { method: written, value } = definition;
    if (typeof written !== 'string') return this.fail(at, "'method' must be text");
    if (typeof value === 'object' && value !== null)
      return this.fail(at, `'${written}' needs a single value`);
    const [method, methodArguments] = this.#placed(at, () => parseMethod(written, null));
    const childrensParents = Boolean(definition['childrens_parents']);
    if (childrensParents && definition['children']) {
      return this.fail(at, "'childrens_parents' and 'children' are incompatible");
    }
    return {
      kind: 'criterion',
      raw: `${written}:${String(value)}`,
      method,
      methodArguments,
      value: (value ?? null) as Criterion['value'],
      parentsDepth: this.#depth(definition, 'parents', at),
      childrenDepth: this.#depth(definition, 'children', at),
      childrensParents,
      indirect: this.#readIndirect(definition['indirect_selection'], at),
    };
  }

  /** No depth, and a depth of zero, mean all of them: dbt's reading of YAML numbers. */
  #depth(definition: Dict, relation: 'parents' | 'children', at: string): number | null {
    if (!definition[relation]) return null;
    const depth = definition[`${relation}_depth`];
    if (!depth) return Number.POSITIVE_INFINITY;
    const count = Number(depth);
    return Number.isInteger(count)
      ? count
      : this.fail(join(at, `${relation}_depth`), 'expected a whole number');
  }

  #readIndirect(value: unknown, at: string): IndirectSelection {
    if (value === undefined) return this.#indirect;
    const found = indirectSelections.find((each) => each === value);
    return (
      found ?? this.fail(join(at, 'indirect_selection'), `expected one of ${indirectSelections.join(', ')}`)
    );
  }
}

const join = (at: string, key: string): string => (at === '' ? key : `${at}.${key}`);

function without(group: SelectorGroup, excluded: Selector | null): SelectorGroup {
  if (excluded === null) return group;
  return { kind: 'difference', components: [group, excluded], indirect: 'eager', expected: null };
}
