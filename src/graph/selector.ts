/**
 * A selection as it was asked for, whichever way it was written: a tree of set operations over criteria. Made by
 * `selector-grammar.ts` from the command line and by `selector-file.ts` from `selectors.yml`.
 */
export type Selector = Criterion | SelectorGroup | Everything;

/** Which tests come with the nodes that a criterion selects; dbt's `--indirect-selection`. */
export type IndirectSelection = 'eager' | 'cautious' | 'buildable' | 'empty';

export const indirectSelections: readonly IndirectSelection[] = ['eager', 'cautious', 'buildable', 'empty'];

/** Ways to name nodes. */
export const methodNames = [
  'fqn',
  'tag',
  'group',
  'access',
  'source',
  'path',
  'file',
  'package',
  'config',
  'test_name',
  'test_type',
  'resource_type',
  'state',
  'exposure',
  'metric',
  'result',
  'source_status',
  'version',
  'semantic_model',
  'saved_query',
  'unit_test',
] as const;

export type MethodName = (typeof methodNames)[number];

export interface Criterion {
  readonly kind: 'criterion';
  /** As the user wrote it, for messages. */
  readonly raw: string;
  readonly method: MethodName;
  /** What follows the method's name: `['meta', 'owner']` of `config.meta.owner:ann`. */
  readonly methodArguments: readonly string[];
  /** Text, unless a YAML definition gave a number or a boolean. */
  readonly value: string | number | boolean | null;
  /** How many generations of ancestors come along; null for none, Infinity for all. */
  readonly parentsDepth: number | null;
  readonly childrenDepth: number | null;
  /** `@`: descendants, and the ancestors of all of them. */
  readonly childrensParents: boolean;
  readonly indirect: IndirectSelection;
}

export interface SelectorGroup {
  readonly kind: 'union' | 'intersection' | 'difference';
  /** A difference takes the later ones from the first. */
  readonly components: readonly Selector[];
  /** Tests that were left aside in the components are looked at again once the group's own set is known. */
  readonly indirect: IndirectSelection;
  /** The criterion to warn about if the group selects nothing; null where an empty set needs no word. */
  readonly expected: string | null;
}

/** Every node there is, whatever its kind. */
export interface Everything {
  readonly kind: 'everything';
}

export interface SelectorDefinition {
  readonly name: string;
  readonly description: string;
  readonly isDefault: boolean;
  readonly selector: Selector;
}

/** Every method that a selector asks for, in whatever part of it. */
export function methodsOf(selector: Selector): ReadonlySet<MethodName> {
  if (selector.kind === 'everything') return new Set();
  if (selector.kind === 'criterion') return new Set([selector.method]);
  return new Set(selector.components.flatMap((component) => [...methodsOf(component)]));
}
