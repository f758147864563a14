import type { Dependent } from '../adapter/relation.ts';
import { type Diagnostic, error, warning } from '../core/diagnostic.ts';
import { spanOfLine } from '../core/span.ts';
import { configPlace } from '../manifest/config-place.ts';
import type { FunctionNode, GraphNode, SourceNode, TestNode, WorkedNode } from '../manifest/node.ts';

/** A template of a project that is not trusted. */
export function queryRestricted(): Diagnostic {
  return error({
    code: 'restricted-query',
    message: '--restricted: a template sends a statement, and may not',
    hint: 'names and columns of relations may be asked for: adapter.get_relation, adapter.get_columns_in_relation',
  });
}

export function introspectionOff(): Diagnostic {
  return error({
    code: 'introspection-off',
    message: 'a template queries the warehouse, which --no-introspect forbids',
    hint: 'leave the flag out, or put the query behind a flag of your own',
  });
}

/** What would be lost with the relation that is to be replaced; nothing was changed. */
export function dependentInTheWay(node: WorkedNode, dependent: Dependent, reason: string): Diagnostic {
  return error({
    code: 'dependent-in-the-way',
    family: 'Database Error',
    message: `'${node.name}' cannot be replaced: ${dependent.description} holds on to it, and ${reason}`,
    hint: 'nothing was changed; build it in the same run if it is a model, else drop it or have it read what stays',
  });
}

/** `reason` is the warehouse's, which names the one that may not be dropped. */
export function dependentsNotDropped(
  node: WorkedNode,
  dependents: readonly Dependent[],
  reason: string,
): Diagnostic {
  const all = dependents.map(({ description }) => description).join(', ');
  return error({
    code: 'dependent-in-the-way',
    family: 'Database Error',
    message: `'${node.name}' cannot be replaced: what holds on to it (${all}) cannot be set aside: ${reason}`,
    hint: 'nothing was changed; give the role of the run the rights of the owner, or build the same columns as before',
  });
}

/** `get_test_sql` must print one row: failures, should_warn, should_error. */
export function testResultShape(node: TestNode, rows: number): Diagnostic {
  return error({
    code: 'test-result-shape',
    family: 'Runtime Error',
    message: `the query around test '${node.name}' gave ${rows} rows; one row of three columns was expected`,
    hint: 'the macro get_test_sql must give one row: failures, should_warn, should_error',
  });
}

/** Whether it warns and whether it fails is said by a boolean, a number, or a word such as `true` and `no`. */
export function testVerdictUnclear(node: TestNode, given: string): Diagnostic {
  return error({
    code: 'test-result-shape',
    family: 'Compilation Error',
    message: `the query around test '${node.name}' gave '${given}' where should_warn and should_error say true or false`,
    hint: 'the macro get_test_sql must give one row: failures, should_warn, should_error',
  });
}

/** dbt refuses it too: `fail_calc` is to give the number of failures. */
export function testFailuresNotWhole(node: TestNode, given: string): Diagnostic {
  return error({
    code: 'test-failures-not-whole',
    family: 'Runtime Error',
    message: `the failures of test '${node.name}' are no whole number: ${given}`,
    hint: 'fail_calc counts failures, also where there is no row: coalesce(sum(...), 0)',
  });
}

/** Of the first line: the kind is said in a properties file, or by the name of the file. */
export function functionKindUnknown(
  node: FunctionNode,
  adapterType: string,
  macro: string,
  tried: readonly string[],
): Diagnostic {
  const kind = `${String(node.config['type'])} function in ${node.language}`;
  return error({
    code: 'function-kind-unknown',
    message: `In dispatch: No macro named '${macro}' found within namespace: ${adapterType} makes no ${kind} by itself; searched for: ${tried.join(', ')}`,
    span: spanOfLine(node.original_file_path, node.raw_code, 1),
    hint: `write the macro ${adapterType}__${macro}(target_relation), which gives the statement that makes it`,
  });
}

/** `refusal` is what the warehouse says of the type that stands in for none. */
export function functionReturnsMissing(node: FunctionNode, refusal: string): Diagnostic {
  return error({
    code: 'function-returns-missing',
    family: 'Database Error',
    message: `function '${node.name}' does not say what it returns: ${refusal}`,
    span: spanOfLine(node.original_file_path, node.raw_code, 1),
    hint: `describe it under functions: in a YAML file, with returns: {data_type: ...}`,
  });
}

/** `reason` is why the warehouse does not replace it in place; `dependents` what it says depends on it. */
export function functionHeld(
  node: FunctionNode,
  former: string,
  reason: string,
  dependents: string | null,
): Diagnostic {
  const named = dependents === null ? '' : `\n  ${dependents.replaceAll('\n', '\n  ')}`;
  return error({
    code: 'function-held',
    family: 'Database Error',
    message: `${former} cannot be replaced (${reason}), nor dropped, because something depends on it${named}`,
    hint: `drop what depends on it and build '${node.name}' again, or give the new function another name`,
  });
}

/** dbt's words for a materialization that gave back something else than it must. */
export function materializationResult(node: WorkedNode, problem: string): Diagnostic {
  return error({
    code: 'materialization-result',
    message: problem,
    hint: `end the materialization of '${node.name}' with {{ return({'relations': [target_relation]}) }}`,
  });
}

/** dbt's words for a materialization without a main statement. */
export function mainNotSent(node: WorkedNode, materialization: string): Diagnostic {
  return error({
    code: 'main-not-sent',
    family: 'Runtime Error',
    message: 'main is not being called during running model',
    hint: `the materialization '${materialization}' of '${node.name}' needs a statement of that name: {% call statement('main') %}`,
  });
}

export function languageNotSupported(
  node: WorkedNode,
  materialization: string,
  language: string,
  supported: readonly string[],
): Diagnostic {
  const known = supported.map((one) => `'${one}'`).join(', ');
  return error({
    code: 'language-not-supported',
    family: 'Runtime Error',
    message: `Materialization "${materialization}" only supports languages [${known}]; got "${language}"`,
    hint: `'${node.name}' is written in ${language}`,
  });
}

/** What the program did in the transaction that it left open is gone, as under dbt. */
export function notCommitted(node: WorkedNode, materialization: string): Diagnostic {
  return warning({
    code: 'materialization-not-committed',
    message: `the materialization '${materialization}' of '${node.name}' did not commit: what it did was rolled back`,
    hint: 'end its work with {% do adapter.commit() %}',
  });
}

/** dbt's drivers open the next transaction without a word. */
export function hookCommitted(node: WorkedNode): Diagnostic {
  return warning({
    code: 'hook-committed',
    message: `a hook of '${node.name}' commits the transaction of its node: what was done by then stays, even if the node fails`,
    hint: 'leave the commit out, or take the hook out of the transaction: {"sql": ..., "transaction": false}',
  });
}

/** Success would be told of what is gone. */
export function hookRolledBack(node: WorkedNode): Diagnostic {
  return error({
    code: 'hook-rolled-back',
    family: 'Runtime Error',
    message: `a hook of '${node.name}' rolled back the transaction of its node: nothing was changed`,
    hint: 'leave the rollback out, or take the hook out of the transaction: {"sql": ..., "transaction": false}',
  });
}

/** dbt's words where a warehouse knows nothing of when its tables were changed. */
export function freshnessNotAsked(source: SourceNode, adapter: string): Diagnostic {
  return error({
    code: 'freshness-not-asked',
    family: 'Runtime Error',
    message: `Could not compute freshness for source ${source.name}: no 'loaded_at_field' provided and ${adapter} adapter does not support metadata-based freshness checks.`,
    hint: `say where the time of a row stands: loaded_at_field, or loaded_at_query, of '${source.source_name}.${source.name}'`,
  });
}

export function freshnessResultShape(source: SourceNode, macro: string, given: string): Diagnostic {
  return error({
    code: 'freshness-result-shape',
    message: `Got an invalid result from "${macro}" macro for source ${source.source_name}.${source.name}: ${given}`,
    hint: `the macro gives load_result(...) of a query of one row: the newest moment, and the moment of asking`,
  });
}

export function freshnessNoTime(source: SourceNode, type: string): Diagnostic {
  return error({
    code: 'freshness-no-time',
    family: 'Database Error',
    message: `Expected a timestamp of source ${source.source_name}.${source.name}, but received a value of type '${type}'`,
    hint: "loaded_at_field may be an expression: 'cast(loaded_on as timestamp)'",
  });
}

/** dbt before 1.5 was given the table of the result only. */
export function freshnessTableOnly(macro: string): Diagnostic {
  return warning({
    code: 'freshness-table-only',
    message: `the macro '${macro}' gives a table; it should give the whole result`,
    hint: "end it with {{ return(load_result('collect_freshness')) }}",
    event: 'CollectFreshnessReturnSignature',
  });
}

/** `obstacle` says what keeps the file of an external model from being written; nothing was changed. */
export function externalFileObstructed(
  node: GraphNode,
  location: string,
  obstacle: 'no-folder' | 'is-folder' | 'is-file' | 'not-empty',
): Diagnostic {
  const [problem, hint] = obstacles[obstacle];
  return error({
    code: 'external-file',
    family: 'Runtime Error',
    span: configPlace(node, 'location'),
    message: `'${node.name}' cannot be written to ${location}: ${problem}`,
    hint: `nothing was changed; ${hint}`,
  });
}

const obstacles = {
  'no-folder': ['its folder is not there', 'make the folder: neither dbt nor sluice does'],
  'is-folder': ['a folder stands there', 'remove it, or choose another location'],
  'is-file': [
    'a file stands there, and a folder is to be written',
    "replace it with options={'overwrite': true}",
  ],
  'not-empty': [
    'the folder is not empty',
    "replace all of it with options={'overwrite': true}, or the files of the same names with 'overwrite_or_ignore'",
  ],
} as const;

/** `reason` is the system's. */
export function externalFileRefused(node: GraphNode, location: string, reason: string): Diagnostic {
  return error({
    code: 'external-file',
    family: 'Runtime Error',
    span: configPlace(node, 'location'),
    message: `'${node.name}' cannot be written to ${location}: ${reason}`,
    hint: 'what stood there stays; the folder must allow to make and to rename files in it',
  });
}

/** The database has its old state again, and the file has not; `reason` is the system's. */
export function externalFileNotTakenBack(node: GraphNode, location: string, reason: string): Diagnostic {
  return warning({
    code: 'external-file-new',
    message: `'${node.name}' failed, and the file that stood at ${location} could not be put back: ${reason}`,
    hint: 'run the model again',
  });
}

/** `key` is the configuration that asks for it. */
export function externalPlugin(node: GraphNode, key: 'plugin' | 'glue_register'): Diagnostic {
  return error({
    code: 'external-plugin',
    family: 'Runtime Error',
    span: configPlace(node, key),
    message: `'${node.name}' has the configuration '${key}', and plugins of dbt-duckdb are Python, which does not run here`,
    hint: 'nothing was written; leave it out, or write a macro store_relation(plugin, relation, location, format, config) of your own',
  });
}
