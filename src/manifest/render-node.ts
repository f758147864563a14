import type { Entry } from '../context/names.ts';
import type { RefCall } from '../context/node-names.ts';
import { parseEnvironment } from '../context/parse-names.ts';
import { toPlain } from '../context/plain.ts';
import type { Reads } from '../context/reads.ts';
import { renderSync } from '../jinja/driver.ts';
import type { Environment } from '../jinja/environment.ts';
import { parseTemplate, type TemplateSource } from '../jinja/template.ts';
import type { Value } from '../jinja/values.ts';
import { addConfigCall } from './config/merge.ts';
import { modelOf } from './model-value.ts';
import type { ParsedNode } from './node-store.ts';
import type { ParseState } from './parse-state.ts';
import { shownPathOf } from './paths.ts';
import type { PlainRecord } from './record.ts';
import { reporter } from './report.ts';
import { placesOfCalls, staticCalls } from './static-calls.ts';

/** True where a text has anything that a template engine would change. */
export function hasJinja(text: string): boolean {
  return text.includes('{{') || text.includes('{%') || text.includes('{#');
}

/**
 * Renders a node's text once with `execute` false and keeps what it refers to, configures and calls. Texts that only
 * hold `ref`, `source` and `config` with literal arguments are read without rendering: it gives the same, but that
 * each source is named once, as by dbt's own static reader.
 */
export function renderNode(state: ParseState, parsed: ParsedNode, source: TemplateSource): void {
  const rawText = source.text.slice(source.start ?? 0, source.end ?? source.text.length);
  if (!hasJinja(rawText)) return;
  const template = parseTemplate(source);
  // Parsed again for an error: the trees of all texts of a project are hundreds of megabytes.
  parsed.spanOf = (kind, name) => placesOfCalls(parseTemplate(source)).get(`${kind} ${name}`) ?? null;
  if (keepsBuiltins(state, parsed.node.package_name)) {
    const calls = staticCalls(template);
    if (calls !== null) {
      for (const call of calls) {
        if (call.kind === 'config') keepStaticConfig(state, parsed, call.values, call.asWritten);
        else if (call.kind === 'ref') keepRef(parsed, call.ref);
        else if (!isNamed(parsed, call.source)) parsed.sources.push(call.source);
      }
      return;
    }
  }
  renderCaptured(state, parsed, (environment) => renderSync(template, environment));
}

const isNamed = ({ sources }: ParsedNode, [source, table]: readonly [string, string]): boolean =>
  sources.some(([one, other]) => one === source && other === table);

/**
 * dbt's own static reader, which is there for models only, knows no escapes in texts, and adds a call's keys one by
 * one, so that all but the first are made lists where lists are appended; that shows in `unrendered_config`, which
 * state comparison reads.
 */
function keepStaticConfig(
  state: ParseState,
  parsed: ParsedNode,
  values: PlainRecord,
  asWritten: PlainRecord | null,
): void {
  const report = reporter(state, parsed);
  if (asWritten === null || parsed.node.resource_type !== 'model') {
    addConfigCall(parsed.calls, values, report);
    return;
  }
  parsed.written ??= {};
  for (const [key, value] of Object.entries(asWritten)) {
    addConfigCall(parsed.calls, { [key]: value }, report);
    parsed.written[key] = key === 'grants' ? parsed.calls[key] : value;
  }
}

/** Runs `work` with the node's parse environment; everything it captures is added to the node. */
export function renderCaptured<T>(
  state: ParseState,
  parsed: ParsedNode,
  work: (environment: Environment) => T,
  extra: Iterable<readonly [string, Entry]> = [],
): T {
  const reads = state.reads.of(shownPathOf(state, parsed.node));
  try {
    return work(environmentFor(state, parsed, reads, extra));
  } finally {
    for (const id of reads.directMacros) if (!parsed.macros.includes(id)) parsed.macros.push(id);
  }
}

export function environmentFor(
  state: ParseState,
  parsed: ParsedNode,
  reads: Reads,
  extra: Iterable<readonly [string, Entry]> = [],
): Environment {
  const { node } = parsed;
  return parseEnvironment(state.services, {
    subject: {
      packageName: node.package_name,
      label: labelOf(node),
      uniqueId: node.unique_id,
      database: node.database,
      schema: node.schema,
      model: () => modelOf(node, state.services.facts) as unknown as Value,
      relation: () =>
        state.relations.ofNode({
          database: node.database,
          schema: node.schema,
          identifier: node.alias,
        }) as unknown as Value,
    },
    capture: {
      ref: (call) => keepRef(parsed, call),
      source: (source, table) => parsed.sources.push([source, table]),
      metric: (packageName, name) => parsed.metrics.push(packageName === null ? [name] : [packageName, name]),
      function: (packageName, name) =>
        parsed.functions.push(packageName === null ? [name] : [packageName, name]),
      config: (values) => addConfigCall(parsed.calls, plainValues(values), reporter(state, parsed)),
    },
    reads,
    relations: state.relations,
    everyPackage: node.resource_type === 'test' && node.test_metadata !== undefined,
    extra,
  });
}

/** `model 'orders' (models/orders.sql)`, as errors call a node. */
export function labelOf(node: {
  readonly resource_type: string;
  readonly name: string;
  readonly original_file_path: string;
}): string {
  return `${node.resource_type} '${node.name}' (${node.original_file_path})`;
}

function keepRef(parsed: ParsedNode, call: RefCall): void {
  parsed.refs.push({ name: call.name, package: call.package, version: call.version });
}

function plainValues(values: ReadonlyMap<string, Value>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const [key, value] of values) out[key] = toPlain(value);
  return out;
}

const builtins = ['ref', 'source', 'config'];

/** False where a macro of the project or of the node's package hides one of the functions. */
function keepsBuiltins({ services }: ParseState, packageName: string): boolean {
  return builtins.every((name) => services.registry.resolve(name, packageName) === undefined);
}
