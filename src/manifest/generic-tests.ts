import { lazy } from '../context/names.ts';
import { type Diagnostic, Diagnostics } from '../core/diagnostic.ts';
import type { Span } from '../core/span.ts';
import { renderSync } from '../jinja/driver.ts';
import type { Environment } from '../jinja/environment.ts';
import type { PyDict, Value } from '../jinja/values.ts';
import type { ProjectPackage, SourceFile } from '../project/project.ts';
import { behaviour } from './behaviour.ts';
import { addConfigCall } from './config/merge.ts';
import { describer } from './descriptions.ts';
import { anyMacro } from './macro-dependencies.ts';
import { makeNode } from './make-node.ts';
import { duplicateTest } from './name-errors.ts';
import type { Checksum, TestNode } from './node.ts';
import type { ParsedNode } from './node-store.ts';
import type { ParseState } from './parse-state.ts';
import { fqnPrefix, shownPathOf } from './paths.ts';
import { rendersConfig, type TestDependencies, type TestReference } from './plain-tests.ts';
import { testMacroMissing } from './properties/errors.ts';
import { type Draft, listOf } from './record.ts';
import { renderCaptured } from './render-node.ts';
import { reporter } from './report.ts';
import { settleNode } from './settle-node.ts';
import { catchTemplate } from './template-failures.ts';
import { renderTestArguments, templateOf, testFile } from './test-arguments.ts';
import {
  readTestDefinition,
  type TestDefinition,
  type TestTarget,
  testArgumentsName,
  testCode,
} from './test-definition.ts';
import { testHash } from './test-names.ts';

/** What the tests of one node or source have in common. */
export interface TestSubject {
  readonly target: TestTarget;
  readonly pack: ProjectPackage;
  readonly file: SourceFile;
  /** What the tests depend on: the node or source itself. */
  readonly reference: TestReference;
  /** The node they are attached to, where that is one of `nodes`. */
  readonly attached: ParsedNode | null;
  readonly fileKeyName: string;
  /** Package and folders of the file: their fqn without its last part. */
  readonly folders: readonly string[];
  readonly environment: Environment;
}

export interface GenericTestRequest {
  readonly item: unknown;
  /** Quoted where the column is. */
  readonly columnName: string | null;
  readonly tags: readonly string[];
  readonly place: () => Span;
}

/** Package and folders of the fqn of the tests that a properties file defines. */
export function testFolders(pack: ProjectPackage, file: SourceFile): readonly string[] {
  return fqnPrefix(pack.name, file.path.slice(file.path.indexOf('/') + 1));
}

/** Makes the node of one generic test, or tells why it cannot. */
export function addGenericTest(state: ParseState, subject: TestSubject, request: GenericTestRequest): void {
  const { target, pack, environment } = subject;
  const definition = catchTemplate(state.found, () =>
    readTestDefinition(request.item, {
      target,
      columnName: request.columnName,
      environment,
      argumentsProperty: behaviour(state.services, 'require_generic_test_arguments_property', true),
      place: request.place,
      warn: (diagnostic) => state.found.add(diagnostic),
    }),
  );
  if (definition === undefined) return;
  const macro = anyMacro(state.services.registry, target.packageName, `test_${definition.name}`)?.uniqueId;
  const plain =
    macro === undefined
      ? null
      : state.plainTests.dependencies(macro, definition, subject.reference, pack.name);
  const known = plain ?? { refs: [], sources: [], macros: macro === undefined ? [] : [macro] };
  const parsed = makeTestNode(state, definition, subject, request, known);
  const { node } = parsed;
  if (macro === undefined) tellMissingMacro(state, definition, subject, request);
  keepConfig(state, parsed, definition);
  if (plain === null) {
    const failures = new Diagnostics();
    catchTemplate(failures, () => renderTest(state, parsed, definition));
    for (const failure of failures.all)
      state.found.add(placedInProperties(failure, node.name, request.place));
  } else if (rendersConfig(macro)) keepConfig(state, parsed, definition);
  else parsed.written = {};
  settleNode(state, parsed, null);
  if (definition.description !== '') describeTest(state, parsed, definition.description);
  if (subject.attached !== null) {
    (node as Draft<TestNode>).attached_node = subject.attached.node.unique_id;
    node.group = subject.attached.node.group;
  }
  if (!node.config.enabled) state.store.addDisabled(parsed);
  else {
    const existing = state.store.add(parsed);
    if (existing !== null)
      state.found.add(duplicateTest(node.name, target.name, parsed.place(), existing.place()));
  }
}

function keepConfig(state: ParseState, parsed: ParsedNode, { config }: TestDefinition): void {
  for (const _ in config) {
    addConfigCall(parsed.calls, config, reporter(state, parsed));
    return;
  }
}

function describeTest(state: ParseState, { node, place }: ParsedNode, text: string): void {
  const describe = describer(node.config.enabled);
  const description = describe(state, text, node.package_name, `test '${node.name}'`, place);
  node.description = description.text;
  node.doc_blocks = description.docBlocks;
}

function makeTestNode(
  state: ParseState,
  definition: TestDefinition,
  { pack, file, fileKeyName, folders }: TestSubject,
  { columnName, tags, place }: GenericTestRequest,
  known: TestDependencies,
): ParsedNode {
  const { name, namespace, args, fullName, shortName, config } = definition;
  const metadata = { name, kwargs: args, namespace };
  return makeNode(state, {
    type: 'test',
    packageName: pack.name,
    name: fullName,
    uniqueId: `test.${pack.name}.${fullName}.${testHash(fullName, metadata)}`,
    path: `${shortName}.sql`,
    originalFilePath: file.path,
    fqn: [...folders, fullName],
    checksum: noChecksum,
    rawCode: testCode(definition),
    tags: sortedTags(tags, config['tags']),
    known,
    place,
    test: { columnName, fileKeyName, metadata },
  });
}

const noChecksum: Checksum = Object.freeze({ name: 'none', checksum: '' });
const noTags: readonly string[] = Object.freeze([]);

function sortedTags(tags: readonly string[], configured: unknown): readonly string[] {
  if (tags.length === 0 && configured === undefined) return noTags;
  return [...new Set([...tags, ...(listOf(configured ?? []) as readonly string[])])].sort();
}

/** What fails in the text that is made of a test is shown where the test is written. */
function placedInProperties(failure: Diagnostic, name: string, place: () => Span): Diagnostic {
  const isMade = (span: Span | null): boolean => span?.file === testFile;
  return {
    ...failure,
    message: isMade(failure.span) ? `${failure.message} (test '${name}')` : failure.message,
    span: isMade(failure.span) ? place() : failure.span,
    related: failure.related.map((one) =>
      isMade(one.span) ? { message: `called from test '${name}'`, span: place() } : one,
    ),
  };
}

/** Finds what a test depends on. */
function renderTest(state: ParseState, parsed: ParsedNode, definition: TestDefinition): void {
  const holder: { args: PyDict | null } = { args: null };
  const extra = [[testArgumentsName, lazy(() => holder.args as unknown as Value)]] as const;
  renderCaptured(
    state,
    parsed,
    (environment) => {
      holder.args = renderTestArguments(definition.args, environment);
      renderSync(templateOf(parsed.node.raw_code), environment);
    },
    extra,
  );
  keepReachable(state, parsed);
}

/**
 * dbt renders a test with nothing in its context but its macro, `get_where_subquery` and what these call: other macros
 * that its arguments or a hidden namesake bring in are no dependencies.
 */
function keepReachable(state: ParseState, { macros, node }: ParsedNode): void {
  if (macros.length < 2) return;
  const subquery = state.services.registry.resolve('get_where_subquery', node.package_name)?.uniqueId;
  const reads = state.reads.whole(shownPathOf(state, node));
  const reachable = new Set<string>();
  const reach = (id: string | undefined): void => {
    if (id === undefined || reachable.has(id)) return;
    reachable.add(id);
    reads.ranMacro(id);
    state.macros.get(id)?.depends_on.macros.forEach(reach);
  };
  reach(macros[0]);
  reach(subquery);
  macros.splice(0, Number.POSITIVE_INFINITY, ...macros.filter((id) => reachable.has(id)));
}

function tellMissingMacro(
  state: ParseState,
  { name, namespace }: TestDefinition,
  { target }: TestSubject,
  { place }: GenericTestRequest,
): void {
  const known: string[] = [];
  for (const macro of state.services.registry.all()) {
    if (macro.name.startsWith('test_')) known.push(macro.name.slice('test_'.length));
  }
  const full = namespace === null ? name : `${namespace}.${name}`;
  state.found.add(testMacroMissing(full, target.name, place(), known));
}
