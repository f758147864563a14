import { dispatch, dispatchOrder } from '../context/macro-registry.ts';
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
import { duplicateTest } from './errors.ts';
import { anyMacro } from './macro-dependencies.ts';
import { makeNode } from './make-node.ts';
import type { RefArgs, TestNode } from './node.ts';
import type { ParsedNode } from './node-store.ts';
import type { ParseState } from './parse-state.ts';
import { fqnPrefix, shownPathOf } from './paths.ts';
import { testMacroMissing } from './properties/errors.ts';
import type { Draft, PlainRecord } from './record.ts';
import { renderCaptured } from './render-node.ts';
import { reporter } from './report.ts';
import { settleNode } from './settle-node.ts';
import { catchTemplate } from './template-failures.ts';
import { renderTestArguments, templateOf, templateText, testFile } from './test-arguments.ts';
import {
  readTestDefinition,
  type TestDefinition,
  type TestTarget,
  testArgumentsName,
  testCode,
} from './test-definition.ts';
import { testHash } from './test-names.ts';

export interface GenericTestRequest {
  readonly item: unknown;
  readonly target: TestTarget;
  readonly pack: ProjectPackage;
  readonly file: SourceFile;
  /** What the test depends on: the node itself. */
  readonly subject: { readonly ref: RefArgs } | { readonly source: readonly [string, string] };
  /** The node it is attached to, where that is one of `nodes`. */
  readonly attached: ParsedNode | null;
  readonly fileKeyName: string;
  /** Quoted where the column is. */
  readonly columnName: string | null;
  readonly tags: readonly string[];
  readonly environment: Environment;
  readonly place: () => Span;
}

/** Makes the node of one generic test, or tells why it cannot. */
export function addGenericTest(state: ParseState, request: GenericTestRequest): void {
  const { target, columnName } = request;
  const definition = catchTemplate(state.found, () =>
    readTestDefinition(request.item, {
      target,
      columnName,
      environment: request.environment,
      argumentsProperty: behaviour(state.services, 'require_generic_test_arguments_property', true),
      place: request.place,
      warn: (diagnostic) => state.found.add(diagnostic),
    }),
  );
  if (definition === undefined) return;
  const parsed = makeTestNode(state, definition, request);
  const { node } = parsed;
  const macro = anyMacro(state.services.registry, target.packageName, `test_${definition.name}`);
  if (macro !== undefined) parsed.macros.push(macro.uniqueId);
  else tellMissingMacro(state, definition, request);
  addConfigCall(parsed.calls, definition.config, reporter(state, parsed));
  const failures = new Diagnostics();
  catchTemplate(failures, () => renderTest(state, parsed, definition, request));
  for (const failure of failures.all) state.found.add(placedInProperties(failure, node.name, request.place));
  settleNode(state, parsed, null);
  const place = () => request.place();
  const description = describer(node.config.enabled)(
    state,
    definition.description,
    node.package_name,
    `test '${node.name}'`,
    place,
  );
  node.description = description.text;
  node.doc_blocks = description.docBlocks;
  if (request.attached !== null) {
    (node as Draft<TestNode>).attached_node = request.attached.node.unique_id;
    node.group = request.attached.node.group;
  }
  if (!node.config.enabled) state.store.addDisabled(parsed);
  else {
    const existing = state.store.add(parsed);
    if (existing !== null)
      state.found.add(duplicateTest(node.name, target.name, parsed.place(), existing.place()));
  }
}

function makeTestNode(
  state: ParseState,
  definition: TestDefinition,
  request: GenericTestRequest,
): ParsedNode {
  const { pack, file, columnName, fileKeyName, tags } = request;
  const { name, namespace, args, fullName, shortName, config } = definition;
  const configTags =
    typeof config['tags'] === 'string' ? [config['tags']] : ((config['tags'] ?? []) as string[]);
  const inFolder = file.path.slice(file.path.indexOf('/') + 1);
  const hash = testHash(fullName, { namespace, name, kwargs: args });
  return makeNode(state, {
    type: 'test',
    packageName: pack.name,
    name: fullName,
    uniqueId: `test.${pack.name}.${fullName}.${hash}`,
    path: `${shortName}.sql`,
    originalFilePath: file.path,
    fqn: [...fqnPrefix(pack.name, inFolder), fullName],
    checksum: { name: 'none', checksum: '' },
    rawCode: testCode(definition),
    tags: [...new Set([...tags, ...configTags])].sort(),
    place: request.place,
    test: { columnName, fileKeyName, metadata: { name, kwargs: args, namespace } },
  });
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

/** Finds what a test depends on. Our own tests of dbt's names need no rendering for it. */
function renderTest(
  state: ParseState,
  parsed: ParsedNode,
  definition: TestDefinition,
  request: GenericTestRequest,
): void {
  const [macro] = parsed.macros;
  if (macro === 'macro.dbt.test_unique' || macro === 'macro.dbt.test_not_null') {
    parsed.written = {};
    depend(parsed, request.subject);
    return;
  }
  if (macro !== undefined && plainTests.has(macro) && readPlainTest(state, parsed, definition, request))
    return;
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

function depend(parsed: ParsedNode, subject: GenericTestRequest['subject']): void {
  if ('ref' in subject) parsed.refs.push(subject.ref);
  else parsed.sources.push(subject.source);
}

/** Tests of ours whose macros only read their arguments. */
const plainTests: ReadonlySet<string> = new Set([
  'macro.dbt.test_accepted_values',
  'macro.dbt.test_relationships',
]);
const plainRef = /^\s*ref\(\s*(['"])([^'"\\]+)\1\s*\)\s*$/;

/** True where everything that rendering would find is known: no part of the test is overridden, no argument a template. */
function readPlainTest(
  state: ParseState,
  parsed: ParsedNode,
  { name, args, config }: TestDefinition,
  { subject }: GenericTestRequest,
): boolean {
  const subquery = state.services.registry.resolve('get_where_subquery', parsed.node.package_name);
  if (
    subquery?.packageName !== 'dbt' ||
    !isUntouched(state, `test_${name}`) ||
    !isUntouched(state, 'get_where_subquery')
  ) {
    return false;
  }
  const found: (() => void)[] = [];
  for (const [key, value] of Object.entries(args)) {
    if (key === 'column_name') continue;
    if (key === 'model') found.push(() => depend(parsed, subject));
    else if (typeof value === 'string') {
      const target = plainRef.exec(value)?.[2];
      if (target !== undefined)
        found.push(() => parsed.refs.push({ name: target, package: null, version: null }));
      else if (templateText(value) !== null) return false;
    } else if (!isPlain(value)) return false;
  }
  if (!isPlain(config)) return false;
  for (const keep of found) keep();
  parsed.macros.push(subquery.uniqueId);
  addConfigCall(parsed.calls, config, reporter(state, parsed));
  return true;
}

/** Whether the dispatch of one of our macros ends at our own default. */
function isUntouched({ services, project }: ParseState, name: string): boolean {
  const { registry, facts } = services;
  const order = dispatchOrder(registry, 'dbt', services.dispatchOrders);
  const prefixes = [facts.type, ...facts.dispatchParents, 'default'];
  const found = dispatch(registry, name, order, prefixes, project.root.name);
  return 'macro' in found && found.macro.packageName === 'dbt';
}

/** Data without a text that is a template or has an escape, which rendering would read. */
function isPlain(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isPlain);
  if (typeof value === 'string') return templateText(value) === null && !value.includes('\\');
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value as PlainRecord).every(isPlain);
}

function tellMissingMacro(
  state: ParseState,
  { name, namespace }: TestDefinition,
  request: GenericTestRequest,
): void {
  const known: string[] = [];
  for (const macro of state.services.registry.all()) {
    if (macro.name.startsWith('test_')) known.push(macro.name.slice('test_'.length));
  }
  const full = namespace === null ? name : `${namespace}.${name}`;
  state.found.add(testMacroMissing(full, request.target.name, request.place(), known));
}
