import { DiagnosticError } from '../core/diagnostic.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { AnyNode, ResourceType } from '../manifest/node.ts';
import { invalidSelectorName, invalidSelectorValue } from './errors.ts';
import { compileGlob, type Glob } from './glob.ts';
import { configMatcher } from './select-config.ts';
import { fqnMatcher } from './select-fqn.ts';
import { fileMatcher, pathMatcher } from './select-path.ts';
import type { Criterion, MethodName } from './selector.ts';
import {
  resultMatcher,
  type SelectionState,
  sourceStatusMatcher,
  stateMatcher,
} from './state/selection-state.ts';

/** What a criterion may look at beside the node. */
export interface MethodContext {
  readonly manifest: Manifest;
  readonly state: SelectionState;
}

export type NodeMatcher = (node: AnyNode) => boolean;

/**
 * The test that a criterion's method and value put to each node. Throws `selector-value-invalid`,
 * `selector-name-invalid` or `selection-state-missing`.
 */
export function nodeMatcher(criterion: Criterion, context: MethodContext): NodeMatcher {
  return methods[criterion.method](criterion, context);
}

type Method = (criterion: Criterion, context: MethodContext) => NodeMatcher;

const methods: Readonly<Record<MethodName, Method>> = {
  fqn: fqnMatcher,
  path: pathMatcher,
  file: fileMatcher,
  config: configMatcher,
  state: stateMatcher,
  result: resultMatcher,
  source_status: sourceStatusMatcher,
  tag: tagMatcher,
  group: groupMatcher,
  access: accessMatcher,
  source: sourceMatcher,
  package: packageMatcher,
  resource_type: resourceTypeMatcher,
  test_name: testNameMatcher,
  test_type: testTypeMatcher,
  version: versionMatcher,
  exposure: named('exposure'),
  metric: named('metric'),
  semantic_model: named('semantic_model'),
  saved_query: named('saved_query'),
  unit_test: named('unit_test'),
};

const resourceTypes: ReadonlySet<string> = new Set<ResourceType | 'macro' | 'doc' | 'group'>([
  'model',
  'analysis',
  'test',
  'snapshot',
  'operation',
  'seed',
  'sql_operation',
  'doc',
  'source',
  'macro',
  'exposure',
  'metric',
  'group',
  'saved_query',
  'semantic_model',
  'unit_test',
  'function',
]);

const anything: Glob = { matches: () => true };

function tagMatcher({ value }: Criterion): NodeMatcher {
  const tag = compileGlob(String(value));
  return (node) => tagsOf(node).some((each) => tag.matches(each));
}

/** A unit test keeps its tags in its configuration only. */
export function tagsOf(node: AnyNode): readonly string[] {
  if (node.resource_type === 'unit_test') return node.config.tags;
  return node.resource_type === 'semantic_model' ? [] : node.tags;
}

/** Nodes that run, and metrics; the rest of what can stand in a group is not looked at, as in dbt. */
function groupMatcher({ value }: Criterion): NodeMatcher {
  const group = compileGlob(String(value));
  return (node) => {
    if (!isRunnable(node) && node.resource_type !== 'metric') return false;
    const name = node.config['group'];
    return typeof name === 'string' && name !== '' && group.matches(name);
  };
}

function accessMatcher({ value }: Criterion): NodeMatcher {
  return (node) => node.resource_type === 'model' && node.access === value;
}

function sourceMatcher({ raw, value }: Criterion): NodeMatcher {
  const parts = String(value).split('.');
  if (parts.length > 3) {
    const forms = ['source_name', 'source_name.table_name', 'package_name.source_name.table_name'];
    throw new DiagnosticError(invalidSelectorName(raw, 'source', String(value), forms));
  }
  const globs = parts.map(compileGlob);
  const [inPackage, ofSource, table] =
    globs.length === 3 ? globs : globs.length === 2 ? [anything, ...globs] : [anything, globs[0], anything];
  return (node) =>
    node.resource_type === 'source' &&
    inPackage!.matches(node.package_name) &&
    ofSource!.matches(node.source_name) &&
    table!.matches(node.name);
}

/** `name` or `package.name` of one resource type. */
function named(resourceType: ResourceType & MethodName): Method {
  return ({ raw, value }) => {
    const parts = String(value).split('.');
    if (parts.length > 2) {
      const forms = [`${resourceType}_name`, `package_name.${resourceType}_name`];
      throw new DiagnosticError(invalidSelectorName(raw, resourceType, String(value), forms));
    }
    const name = compileGlob(parts.at(-1)!);
    const inPackage = parts.length === 2 ? compileGlob(parts[0]!) : anything;
    return (node) =>
      node.resource_type === resourceType && inPackage.matches(node.package_name) && name.matches(node.name);
  };
}

function packageMatcher({ value }: Criterion, { manifest }: MethodContext): NodeMatcher {
  const name = compileGlob(value === 'this' ? manifest.projectName : String(value));
  return (node) => name.matches(node.package_name);
}

function resourceTypeMatcher({ raw, value }: Criterion): NodeMatcher {
  const wanted = String(value);
  if (!resourceTypes.has(wanted)) {
    throw new DiagnosticError(invalidSelectorValue(raw, 'resource_type', wanted, [...resourceTypes]));
  }
  return (node) => node.resource_type === wanted;
}

/** The name of the generic test, not of the node; a unit test's own name. */
function testNameMatcher({ value }: Criterion): NodeMatcher {
  const name = compileGlob(String(value));
  return (node) => {
    if (node.resource_type === 'unit_test') return name.matches(node.name);
    return (
      node.resource_type === 'test' &&
      node.test_metadata !== undefined &&
      name.matches(node.test_metadata.name)
    );
  };
}

const testTypes: Readonly<Record<string, NodeMatcher>> = {
  generic: (node) => node.resource_type === 'test' && node.test_metadata !== undefined,
  // The old word for generic.
  schema: (node) => node.resource_type === 'test' && node.test_metadata !== undefined,
  singular: (node) => node.resource_type === 'test' && node.test_metadata === undefined,
  data: (node) => node.resource_type === 'test',
  unit: (node) => node.resource_type === 'unit_test',
};

function testTypeMatcher({ raw, value }: Criterion): NodeMatcher {
  return choose(raw, 'test_type', String(value), testTypes);
}

const versionKinds: Readonly<Record<string, NodeMatcher>> = {
  latest: (node) =>
    node.resource_type === 'model' && node.version !== null && node.version === node.latest_version,
  prerelease: (node) => comparedWithLatest(node) > 0,
  old: (node) => comparedWithLatest(node) < 0,
  none: (node) => node.resource_type === 'model' && node.version === null,
};

function versionMatcher({ raw, value }: Criterion): NodeMatcher {
  return choose(raw, 'version', String(value), versionKinds);
}

function choose(
  raw: string,
  method: string,
  value: string,
  table: Readonly<Record<string, NodeMatcher>>,
): NodeMatcher {
  const matcher = Object.hasOwn(table, value) ? table[value] : undefined;
  if (matcher === undefined) {
    throw new DiagnosticError(invalidSelectorValue(raw, method, value, Object.keys(table)));
  }
  return matcher;
}

/** Versions are numbers where both look like numbers, else text. Zero where there is nothing to compare. */
function comparedWithLatest(node: AnyNode): number {
  if (node.resource_type !== 'model' || !node.version || !node.latest_version) return 0;
  const [version, latest] = [Number(node.version), Number(node.latest_version)];
  if (!Number.isNaN(version) && !Number.isNaN(latest)) return version - latest;
  const [text, latestText] = [String(node.version), String(node.latest_version)];
  return text === latestText ? 0 : text < latestText ? -1 : 1;
}

const runnable: ReadonlySet<ResourceType> = new Set<ResourceType>([
  'model',
  'seed',
  'snapshot',
  'test',
  'analysis',
  'operation',
  'sql_operation',
]);

const isRunnable = (node: AnyNode): boolean => runnable.has(node.resource_type);
