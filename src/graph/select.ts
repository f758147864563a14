import { typeOfId } from '../context/ids.ts';
import { Diagnostics } from '../core/diagnostic.ts';
import { allNodes, findNode, type Manifest, parentsOf } from '../manifest/manifest.ts';
import type { AnyNode, ResourceType, UniqueId } from '../manifest/node.ts';
import { ancestors, descendants, type Graph } from './graph.ts';
import { nearestCriterion } from './nearest-criterion.ts';
import { nodeMatcher } from './select-methods.ts';
import type { Criterion, IndirectSelection, Selector, SelectorGroup } from './selector.ts';
import { noSelectionState, type SelectionState } from './state/selection-state.ts';

export interface SelectOptions {
  /** What the command works on; everything else is dropped once the set operations are done. */
  readonly resourceTypes: ReadonlySet<ResourceType>;
  /** Keep nodes whose file holds nothing but white space: `ls` lists them, nothing runs them. */
  readonly includeEmpty?: boolean;
  readonly state?: SelectionState;
}

export interface Selection {
  /** In the manifest's order. */
  readonly ids: ReadonlySet<UniqueId>;
  /** Criteria of the command line that no enabled node met, with the nearest name of the same kind. */
  readonly unmatched: readonly { readonly spec: string; readonly nearest: string | null }[];
}

/**
 * The enabled nodes that a selector means, tests that belong to them included. Ephemeral models stay: whether they
 * are run is the command's business. Throws what a method says of its value, all of it at once.
 */
export function select(
  graph: Graph,
  manifest: Manifest,
  selector: Selector,
  options: SelectOptions,
): Selection {
  const selecting = new Selecting(graph, manifest, options.state ?? noSelectionState);
  const direct = selector.kind === 'everything' ? null : selecting.resolve(selector).direct;
  selecting.diagnostics.throwIfErrors();
  const ids = new Set<UniqueId>();
  const { switchedOff } = graph;
  for (const id of graph.ids) {
    if (direct?.has(id) === false || switchedOff.has(id)) continue;
    if (!options.resourceTypes.has(typeOfId(id) as ResourceType)) continue;
    if (options.includeEmpty === true || !isEmpty(findNode(manifest, id)!)) ids.add(id);
  }
  return { ids, unmatched: selecting.unmatched };
}

/** What a selector means by itself, and the tests that wait for the rest of their parents to be selected. */
interface Resolved {
  readonly direct: ReadonlySet<UniqueId>;
  readonly indirect: ReadonlySet<UniqueId>;
}

class Selecting {
  readonly diagnostics = new Diagnostics();
  readonly unmatched: { readonly spec: string; readonly nearest: string | null }[] = [];
  readonly #graph: Graph;
  readonly #manifest: Manifest;
  readonly #state: SelectionState;

  constructor(graph: Graph, manifest: Manifest, state: SelectionState) {
    this.#graph = graph;
    this.#manifest = manifest;
    this.#state = state;
  }

  resolve(selector: Selector): Resolved {
    if (selector.kind === 'everything') return { direct: new Set(this.#graph.ids), indirect: new Set() };
    return selector.kind === 'criterion' ? this.#resolveCriterion(selector) : this.#resolveGroup(selector);
  }

  #resolveCriterion(criterion: Criterion): Resolved {
    const context = { manifest: this.#manifest, state: this.#state };
    const matches = this.diagnostics.collect(() => nodeMatcher(criterion, context));
    if (matches === undefined) return { direct: new Set(), indirect: new Set() };
    const selected = new Set<UniqueId>();
    const candidates = this.#graph.candidates?.(criterion) ?? null;
    const nodes =
      candidates === null ? allNodes(this.#manifest) : candidates.map((id) => findNode(this.#manifest, id)!);
    for (const node of nodes) if (matches(node)) selected.add(node.unique_id);
    const withRelatives = this.#withRelatives(selected, criterion);
    return this.#withTests(withRelatives, criterion.indirect);
  }

  #withRelatives(selected: ReadonlySet<UniqueId>, criterion: Criterion): ReadonlySet<UniqueId> {
    if (!criterion.childrensParents && criterion.parentsDepth === null && criterion.childrenDepth === null) {
      return selected;
    }
    const all = new Set(selected);
    const add = (ids: Iterable<UniqueId>): void => {
      for (const id of ids) all.add(id);
    };
    if (criterion.childrensParents) {
      const downstream = new Set([...selected, ...descendants(this.#graph, selected)]);
      add(downstream);
      add(ancestors(this.#graph, downstream));
    }
    if (criterion.parentsDepth !== null) add(ancestors(this.#graph, selected, criterion.parentsDepth));
    if (criterion.childrenDepth !== null) add(descendants(this.#graph, selected, criterion.childrenDepth));
    return all;
  }

  /** Adds the tests of selected nodes, or sets them aside where not all of their parents are there yet. */
  #withTests(selected: ReadonlySet<UniqueId>, mode: IndirectSelection): Resolved {
    if (mode === 'empty') return { direct: selected, indirect: new Set() };
    const direct = new Set(selected);
    const indirect = new Set<UniqueId>();
    // Sources need no building.
    const reachable =
      mode === 'buildable' ? this.#withAncestors(selected, this.#manifest.sources.keys()) : selected;
    for (const id of selected) {
      for (const child of this.#graph.children(id)) {
        if (direct.has(child)) continue;
        const test = findNode(this.#manifest, child)!;
        if (test.resource_type !== 'test' && test.resource_type !== 'unit_test') continue;
        if (mode === 'eager' || hasAllParents(test, reachable)) direct.add(child);
        else indirect.add(child);
      }
    }
    return { direct, indirect };
  }

  #resolveGroup(group: SelectorGroup): Resolved {
    const parts = group.components.map((component) => this.resolve(component));
    const direct = combine(
      group.kind,
      parts.map((part) => part.direct),
    );
    const areComplete = parts.every((part) => part.indirect.size === 0);
    const indirect = areComplete
      ? direct
      : combine(
          group.kind,
          parts.map((part) => union([part.direct, part.indirect])),
        );
    const settled = this.#withWaitingTests(direct, indirect, group.indirect);
    if (group.expected !== null && settled.size === 0) {
      this.unmatched.push({ spec: group.expected, nearest: this.#nearest(group) });
    }
    return { direct: settled, indirect: areComplete ? new Set() : indirect };
  }

  /** Data tests that were set aside come in if the group as a whole has all of their parents. */
  #withWaitingTests(
    direct: ReadonlySet<UniqueId>,
    waiting: ReadonlySet<UniqueId>,
    mode: IndirectSelection,
  ): ReadonlySet<UniqueId> {
    if (mode === 'eager' || mode === 'empty' || waiting === direct) return direct;
    const all = new Set(direct);
    const reachable = mode === 'buildable' ? this.#withAncestors(direct, []) : direct;
    for (const id of waiting) {
      const node = this.#manifest.nodes.get(id);
      if (node !== undefined && hasAllParents(node, reachable)) all.add(id);
    }
    return all;
  }

  #withAncestors(ids: ReadonlySet<UniqueId>, others: Iterable<UniqueId>): ReadonlySet<UniqueId> {
    return new Set([...ids, ...ancestors(this.#graph, ids), ...others]);
  }

  #nearest(group: SelectorGroup): string | null {
    for (const component of group.components) {
      const nearest = component.kind === 'criterion' ? nearestCriterion(component, this.#manifest) : null;
      if (nearest !== null) return nearest;
    }
    return null;
  }
}

/** The sets themselves are not touched, so one that is the result already is given back as it is. */
function combine(kind: SelectorGroup['kind'], sets: readonly ReadonlySet<UniqueId>[]): ReadonlySet<UniqueId> {
  if (kind === 'union') return union(sets);
  const [first = new Set<UniqueId>(), ...rest] = sets;
  const others = kind === 'intersection' ? rest : rest.filter((set) => set.size > 0);
  if (others.length === 0) return first;
  const keep = kind === 'intersection';
  return new Set(
    [...first].filter((id) =>
      keep ? others.every((other) => other.has(id)) : !others.some((other) => other.has(id)),
    ),
  );
}

function union(sets: readonly ReadonlySet<UniqueId>[]): ReadonlySet<UniqueId> {
  const [first = new Set<UniqueId>(), ...others] = sets.filter((set) => set.size > 0);
  if (others.length === 0) return first;
  const all = new Set(first);
  for (const set of others) for (const id of set) all.add(id);
  return all;
}

const hasAllParents = (node: AnyNode, selected: ReadonlySet<UniqueId>): boolean =>
  parentsOf(node).every((parent) => selected.has(parent));

const isEmpty = (node: AnyNode): boolean =>
  'raw_code' in node &&
  typeof node.raw_code === 'string' &&
  node.resource_type !== 'seed' &&
  node.raw_code.trim() === '';
