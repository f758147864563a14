import type { NodeOutcome, NodeRef } from '../../core/event.ts';
import type { Colour } from './colours.ts';
import { type LogLine, levelOf, logLine } from './log-line.ts';

const relations = new Set(['model', 'seed', 'snapshot']);

/** What a node is, as lines name it: `sql table model main.orders`, `seed file main.raw`, a test's name. */
export function describeNode(node: NodeRef): string {
  const relation = `${node.schema ?? ''}.${node.alias ?? node.name}`;
  switch (node.resourceType) {
    case 'model':
      return `sql ${node.batched ? 'microbatch' : (node.materialized ?? 'view')} model ${relation}`;
    case 'seed':
      return `seed file ${relation}`;
    case 'snapshot':
    case 'function':
      return `${node.resourceType} ${relation}`;
    case 'test':
      return `test ${node.name}`;
    case 'unit_test':
      return `unit_test ${testName(node)}`;
    case 'source':
      return `freshness of ${node.sourceName}.${node.name}`;
    default:
      return `${node.resourceType.replaceAll('_', ' ')} ${node.name}`;
  }
}

/** A unit test goes by its model too: `orders::adds_tax`. */
const testName = ({ name, testedModel }: NodeRef): string =>
  testedModel === undefined ? name : `${testedModel}::${name}`;

/** `on-run-start` hooks are named `<package>-on-run-start-<n>`; lines write dots. */
export const hookName = (hook: NodeRef, index: number): string =>
  hook.name.replace(/-(on-run-(?:start|end))-\d+$/, `.$1.${index - 1}`);

/** `3 of 37 OK created ... [OK in 0.43s]`, dots up to `width` columns; no time where `elapsedMs` is null. */
export function fancyLine(
  index: number,
  total: number,
  what: string,
  status: string,
  elapsedMs: number | null,
  width: number,
): string {
  const time = elapsedMs === null ? '' : ` in ${(elapsedMs / 1000).toFixed(2)}s`;
  return `${`${index} of ${total} ${what} `.padEnd(width, '.')} [${status}${time}]`;
}

/** Place of a node among those of its run. */
export interface Counted {
  readonly index: number;
  readonly total: number;
}

/** The line that says how a node ended, under the event name that dbt has for its type. */
export function resultLine(
  node: NodeRef,
  outcome: NodeOutcome,
  at: Counted,
  info: Readonly<Record<string, unknown>>,
  width: number,
  thread: string,
): LogLine {
  const { index, total } = at;
  const seconds = outcome.executionTimeMs / 1000;
  const make = (name: string, verb: string, status: string, colour: Colour, data: object, timed = true) =>
    logLine(name, {
      msg: fancyLine(index, total, verb, status, timed ? outcome.executionTimeMs : null, width),
      level: levelOf(outcome),
      accent: { text: status, colour },
      thread,
      data: { node_info: info, index, total, execution_time: seconds, status: outcome.status, ...data },
    });
  const description = describeNode(node);
  if (outcome.status === 'skipped') {
    const what = relations.has(node.resourceType)
      ? `SKIP relation ${node.schema ?? ''}.${node.alias ?? node.name}`
      : `SKIP ${node.resourceType} ${node.name}`;
    const data = { resource_type: node.resourceType, schema: node.schema ?? '', node_name: node.name };
    const cause = outcome.skippedBecause === null ? '' : ` because of ${nameIn(outcome.skippedBecause)}`;
    const line = make('SkippingDetails', `${what}${cause}`, 'SKIP', 'yellow', {}, false);
    return { ...line, data: { node_info: info, index, total, ...data } };
  }
  if (outcome.status === 'no-op') {
    return make('LogNodeNoOpResult', `NO-OP ${description}`, 'NO-OP', 'yellow', { description, status: '' });
  }
  if (node.resourceType === 'test' || node.resourceType === 'unit_test') {
    const [word, colour] = testStatus(outcome);
    const name = testName(node);
    const line = make('LogTestResult', `${word} ${name}`, word, colour, {});
    const { total: num_models, ...data } = line.data;
    const num_failures = outcome.failures ?? 0;
    const attached_node = node.attachedNode ?? '';
    return { ...line, data: { ...data, attached_node, name, num_models, num_failures } };
  }
  if (node.resourceType === 'source') {
    const [word, colour] = freshnessStatus(outcome);
    const data = { source_name: node.sourceName, table_name: node.name };
    return make('LogFreshnessResult', `${word} ${description}`, word, colour, data);
  }
  const failed = levelOf(outcome) === 'error';
  const [name, done, doing] = verbs[node.resourceType] ?? ['LogNodeResult', 'OK', 'running'];
  if (outcome.status === 'partial success') {
    const share = outcome.message ?? 'PARTIAL SUCCESS';
    const line = make(name, `PARTIALLY ${done} ${description}`, share, 'yellow', {
      description,
      status: share,
    });
    return { ...line, level: 'info' };
  }
  const isFunction = node.resourceType === 'function';
  const status = failed ? 'ERROR' : isFunction ? outcome.status.toUpperCase() : answer(outcome);
  const verb = failed ? `ERROR ${doing}` : `OK ${done}`;
  // dbt writes `snapshot main.history` where one starts, and `main.history` where it ends.
  const what = node.resourceType === 'snapshot' ? description.replace(/^snapshot /, '') : description;
  const { schema, alias } = node;
  const data =
    node.resourceType === 'seed'
      ? { result_message: status, schema: schema ?? '', relation: alias ?? node.name }
      : node.resourceType === 'snapshot'
        ? {
            result_message: failed ? (outcome.message ?? '') : status,
            description: what,
            cfg: outcome.config ?? {},
          }
        : { description: what, status: failed || isFunction ? outcome.status : status };
  return make(name, `${verb} ${what}`, status, failed ? 'red' : 'green', data);
}

/** The line of a node that was skipped because an ephemeral model could not be compiled: nothing else says so, in dbt. */
export function brokenInputLine(
  node: NodeRef,
  status: string,
  { index, total }: Counted,
  width: number,
  thread: string,
): LogLine {
  const relation = node.alias ?? node.name;
  const schema = node.schema ?? '';
  const msg = `SKIP relation ${schema}.${relation} because of an ephemeral model: ${status}`;
  return logLine('LogSkipBecauseError', {
    msg: fancyLine(index, total, msg, 'ERROR SKIP', null, width),
    accent: { text: 'ERROR SKIP', colour: 'red' },
    thread,
    data: { schema, relation, index, total, status },
  });
}

const verbs: Readonly<Record<string, readonly [name: string, done: string, doing: string]>> = {
  model: ['LogModelResult', 'created', 'creating'],
  seed: ['LogSeedResult', 'loaded', 'loading'],
  snapshot: ['LogSnapshotResult', 'snapshotted', 'snapshotting'],
  function: ['LogFunctionResult', 'created', 'creating'],
};

function testStatus(outcome: NodeOutcome): readonly [string, Colour] {
  switch (outcome.status) {
    case 'pass':
    case 'success':
      return ['PASS', 'green'];
    case 'warn':
      return [`WARN ${outcome.failures ?? 0}`, 'yellow'];
    case 'fail':
      return [`FAIL ${outcome.failures ?? 0}`, 'red'];
    default:
      return ['ERROR', 'red'];
  }
}

function freshnessStatus({ status }: NodeOutcome): readonly [string, Colour] {
  switch (status) {
    case 'pass':
      return ['PASS', 'green'];
    case 'warn':
      return ['WARN', 'yellow'];
    case 'error':
      return ['ERROR STALE', 'red'];
    default:
      return ['ERROR', 'red'];
  }
}

/** The warehouse's answer, with the number of rows where it does not say it itself. */
function answer(outcome: NodeOutcome): string {
  const said = outcome.message ?? 'OK';
  if (outcome.rowsAffected === null || outcome.rowsAffected < 0 || /\d/.test(said)) return said;
  return `${said} ${outcome.rowsAffected} ${outcome.rowsAffected === 1 ? 'row' : 'rows'}`;
}

/** The line of a node that was compiled and not run; at debug level where it went well. */
export function compiledLine(
  node: NodeRef,
  outcome: NodeOutcome,
  at: Counted,
  info: Readonly<Record<string, unknown>>,
  width: number,
  thread: string,
): LogLine {
  const failed = levelOf(outcome) === 'error';
  const status = failed ? 'ERROR' : 'OK';
  const what = `${failed ? 'ERROR compiling' : 'OK compiled'} ${describeNode(node)}`;
  return logLine('LogNodeResult', {
    msg: fancyLine(at.index, at.total, what, status, outcome.executionTimeMs, width),
    level: failed ? 'error' : 'debug',
    accent: { text: status, colour: failed ? 'red' : 'green' },
    thread,
    data: {
      node_info: info,
      description: describeNode(node),
      status: outcome.status,
      index: at.index,
      total: at.total,
      execution_time: outcome.executionTimeMs / 1000,
      msg: outcome.message ?? '',
    },
  });
}

/** The line that says how a hook ended. */
export function hookLine(
  hook: NodeRef,
  outcome: NodeOutcome,
  at: Counted,
  info: Readonly<Record<string, unknown>>,
  width: number,
): LogLine {
  const statement = hookName(hook, at.index);
  const [word, colour]: readonly [string, Colour] =
    outcome.status === 'skipped'
      ? ['SKIP', 'yellow']
      : levelOf(outcome) === 'error'
        ? ['ERROR', 'red']
        : ['OK', 'green'];
  return logLine('LogHookEndLine', {
    msg: fancyLine(at.index, at.total, `${word} hook: ${statement}`, word, outcome.executionTimeMs, width),
    level: levelOf(outcome),
    accent: { text: word, colour },
    data: {
      node_info: info,
      statement,
      status: outcome.status,
      index: at.index,
      total: at.total,
      execution_time: outcome.executionTimeMs / 1000,
    },
  });
}

/** The name in a unique id: `model.shop.orders.v2` is of `orders.v2`; the hash at the end of a test's is left out. */
function nameIn(id: string): string {
  const [type, , ...name] = id.split('.');
  if (type === 'unit_test') return name.join('::');
  return (type === 'test' && name.length > 1 ? name.slice(0, -1) : name).join('.');
}
