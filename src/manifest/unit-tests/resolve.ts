import type { DefinedStore } from '../defined-store.ts';
import type { ModelNode, ResourceType, UniqueId, UnitTestNode } from '../node.ts';
import type { NodeDraft } from '../node-store.ts';
import { claim } from '../outside.ts';
import type { ParseState } from '../parse-state.ts';
import type { Draft } from '../record.ts';
import { labelOf } from '../render-node.ts';
import {
  incrementalOverrideMissing,
  testedModelNotFound,
  thisInputMissing,
  versionNotFound,
  versionsOfUnversioned,
} from './errors.ts';
import type { ParsedUnitTest } from './parse.ts';

/**
 * Finds the model of each unit test. A test of a versioned model becomes one test per version; a test whose model is
 * disabled is disabled with it.
 */
export function resolveUnitTests(state: ParseState, tests: DefinedStore<ParsedUnitTest>): void {
  for (const test of [...tests.nodes.values()]) {
    const model = testedModel(state, test);
    if (model === null) continue;
    const { node } = test;
    if (!model.config.enabled) {
      node.config = { ...node.config, enabled: false };
      tests.disable(test);
      continue;
    }
    node.depends_on = { macros: [], nodes: [model.unique_id] };
    node.schema = model.schema;
    checkIncremental(state, test, model);
    if (model.version !== null) splitByVersion(state, tests, test, model);
    else if (node.versions !== null && selects(node.versions)) {
      state.found.add(versionsOfUnversioned(labelOf(node), model.name, test.place()));
    }
  }
}

type TestedModel = Draft<ModelNode>;

const selects = ({ include, exclude }: NonNullable<UnitTestNode['versions']>): boolean =>
  [include, exclude].some((list) => list !== null && list.length > 0);

const modelsOnly: ReadonlySet<ResourceType> = new Set<ResourceType>(['model']);

/** The model of the test's own package, by its name or by name and version; null where there is none, which is told. */
function testedModel(state: ParseState, { node, place }: ParsedUnitTest): TestedModel | null {
  const { store, found } = state;
  const [name = '', version, ...others] = node.model.split(/\s+/).filter((word) => word !== '');
  const key = version === undefined || others.length > 0 ? name : `${name}.v${version}`;
  const parsed =
    store.findRefable(key, node.package_name)[0] ?? store.findDisabled(key, node.package_name, modelsOnly)[0];
  if (parsed !== undefined && isModel(parsed.node)) {
    claim(state, parsed.node);
    return parsed.node;
  }
  found.add(testedModelNotFound(labelOf(node), node.model, node.package_name, place(), store.refableNames()));
  return null;
}

const isModel = (node: NodeDraft): node is TestedModel => node.resource_type === 'model';

/** A model that asks whether it runs incrementally must be told, and needs its present rows where it does. */
function checkIncremental({ found }: ParseState, { node, place }: ParsedUnitTest, model: TestedModel): void {
  if (!model.depends_on.macros.includes('macro.dbt.is_incremental')) return;
  const override = node.overrides?.macros['is_incremental'];
  if (typeof override !== 'boolean') {
    found.add(incrementalOverrideMissing(labelOf(node), model.name, place()));
  } else if (override && !node.given.some(({ input }) => input === 'this')) {
    found.add(thisInputMissing(labelOf(node), model.name, place()));
  }
}

function splitByVersion(
  state: ParseState,
  tests: DefinedStore<ParsedUnitTest>,
  test: ParsedUnitTest,
  model: TestedModel,
): void {
  const { node, place } = test;
  const { include, exclude } = node.versions ?? { include: null, exclude: null };
  const wanted = (version: string | number): boolean => {
    if (node.versions === null) return true;
    if (exclude !== null && exclude.length > 0) return !exclude.includes(version);
    return include?.includes(version) === true;
  };
  const versions = versionsOf(state, model).filter(({ version }) => wanted(version));
  if (versions.length === 0) {
    state.found.add(versionNotFound(labelOf(node), model.name, place()));
    return;
  }
  const made = versions.map(({ id, version }): ParsedUnitTest => {
    const uniqueId = `unit_test.${node.package_name}.${node.model}.${node.name}_v${version}`;
    const depends = { macros: [], nodes: [id] };
    return { node: { ...node, unique_id: uniqueId, depends_on: depends, version }, place };
  });
  tests.replace(test, made);
}

function versionsOf(
  { store }: ParseState,
  model: TestedModel,
): { readonly id: UniqueId; readonly version: string | number }[] {
  const out: { id: UniqueId; version: string | number }[] = [];
  for (const { node } of store.nodes.values()) {
    if (!isModel(node) || node.package_name !== model.package_name || node.name !== model.name) continue;
    if (node.version !== null) out.push({ id: node.unique_id, version: node.version });
  }
  return out;
}
