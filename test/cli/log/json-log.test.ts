import { expect, test } from 'vitest';
import { createJsonLog } from '../../../src/cli/log/json-log.ts';
import { warning } from '../../../src/core/diagnostic.ts';
import type { Event } from '../../../src/core/event.ts';
import { SecretMask } from '../../../src/core/secret.ts';
import { outcome, ref, sampleRun, sampleTeller, sixOClock } from '../events.ts';

interface Told {
  readonly info: Readonly<Record<string, unknown>>;
  readonly data: Readonly<Record<string, unknown>>;
}

function told(
  events: readonly Event[],
  level: 'debug' | 'info' = 'info',
  secrets = new SecretMask(),
): readonly Told[] {
  let text = '';
  const teller = sampleTeller();
  const log = createJsonLog({
    stream: { write: (piece) => (text += piece) },
    secrets,
    level,
    quiet: false,
    showRepeats: false,
    print: true,
    invocationId: 'the-id',
    pid: 7,
    now: () => sixOClock,
    extra: { TEAM: 'orders' },
  });
  for (const event of events) for (const line of teller.lines(event)) log.line(line);
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Told);
}

const named = (lines: readonly Told[], name: string): readonly Told[] =>
  lines.filter((line) => line.info['name'] === name);

test('a line has the shape and the name, code and level that dbt gives it', () => {
  const [line] = named(told(sampleRun()), 'LogModelResult');
  expect(line).toEqual({
    data: {
      description: 'sql table model main.orders',
      execution_time: 0.05,
      index: 2,
      total: 6,
      status: 'OK 5 rows',
      node_info: {
        materialized: 'table',
        meta: {},
        node_checksum: '',
        node_finished_at: '2026-01-31T06:00:00.000000',
        node_name: 'orders',
        node_path: 'orders.sql',
        node_relation: {
          alias: 'orders',
          database: 'dev',
          relation_name: '"dev"."main"."orders"',
          schema: 'main',
        },
        node_started_at: '2026-01-31T06:00:00.000000',
        node_status: 'success',
        resource_type: 'model',
        unique_id: 'model.shop.orders',
      },
    },
    info: {
      category: '',
      code: 'Q012',
      extra: { TEAM: 'orders' },
      invocation_id: 'the-id',
      level: 'info',
      msg: '2 of 6 OK created sql table model main.orders .................................. [OK 5 rows in 0.05s]',
      name: 'LogModelResult',
      pid: 7,
      thread: 'Thread-2 (worker)',
      ts: '2026-01-31T06:00:00.000000Z',
    },
  });
});

test('a run is told in the events, codes and levels that dbt tells it in', () => {
  const lines = told(sampleRun(), 'debug').filter((line) => line.info['name'] !== 'Formatting');
  expect(lines.map(({ info }) => `${info['code']} ${info['name']} ${info['level']}`)).toEqual([
    'A001 MainReportVersion info',
    'E034 AdapterRegistered info',
    'W006 FoundStats info',
    'Q027 ConcurrencyLine info',
    'Q029 WritingInjectedSQLForNode debug',
    'Q032 LogHookStartLine info',
    'Q033 LogHookEndLine info',
    'Q024 NodeStart debug',
    'Q011 LogStartLine info',
    'Q030 NodeCompiling debug',
    'Q031 NodeExecuting debug',
    'Q016 LogSeedResult info',
    'Q025 NodeFinished debug',
    'Q024 NodeStart debug',
    'Q011 LogStartLine info',
    'Q030 NodeCompiling debug',
    'Q024 NodeStart debug',
    'Q011 LogStartLine info',
    'Q030 NodeCompiling debug',
    'E016 SQLQuery debug',
    'Q012 LogModelResult info',
    'Q025 NodeFinished debug',
    'W002 CatchableExceptionOnRun debug',
    'Q012 LogModelResult error',
    'Q025 NodeFinished debug',
    'Z033 MarkSkippedChildren debug',
    'Q024 NodeStart debug',
    'Q034 SkippingDetails info',
    'Q025 NodeFinished debug',
    'Z033 MarkSkippedChildren debug',
    'Q024 NodeStart debug',
    'Q011 LogStartLine info',
    'Q030 NodeCompiling debug',
    'Q007 LogTestResult error',
    'Q025 NodeFinished debug',
    'Z033 MarkSkippedChildren debug',
    'Q024 NodeStart debug',
    'Q011 LogStartLine info',
    'Q030 NodeCompiling debug',
    'Q007 LogTestResult warn',
    'Q025 NodeFinished debug',
    'E047 FinishedRunningStats info',
    'Q037 EndRunResult debug',
    'Z030 EndOfRunSummary info',
    'Z022 RunResultFailure error',
    'Z024 RunResultError error',
    'Z026 SQLCompiledPath info',
    'Z022 RunResultFailure error',
    'Z024 RunResultError error',
    'Z026 SQLCompiledPath info',
    'Z021 RunResultWarning warn',
    'Z046 RunResultWarningMessage warn',
    'Z023 StatsLine info',
    'Z051 ResourceReport debug',
    'Q039 CommandCompleted debug',
  ]);
});

test('the closing events carry the numbers that monitors read', () => {
  const lines = told(sampleRun(), 'debug');
  expect(named(lines, 'StatsLine')[0]?.data).toEqual({
    stats: { pass: 3, warn: 1, error: 2, skip: 1, noop: 0, total: 7 },
  });
  expect(named(lines, 'EndOfRunSummary')[0]?.data).toEqual({
    num_errors: 2,
    num_warnings: 1,
    num_partial_success: 0,
    keyboard_interrupt: false,
  });
  expect(named(lines, 'CommandCompleted')[0]?.data).toEqual({
    command: 'build',
    success: false,
    completed_at: '2026-01-31T06:00:00.000000Z',
    elapsed: 3700,
  });
});

test('a deprecation is told once under its own name, with a summary; other warnings are told each', () => {
  const about = (event: string | null, code: string): Event => ({
    name: 'diagnostic',
    diagnostic: warning({ code, message: 'm', event }),
  });
  const events = [
    about('DuplicateYAMLKeysDeprecation', 'd'),
    about('DuplicateYAMLKeysDeprecation', 'd'),
    about(null, 'near-miss'),
    about(null, 'near-miss'),
    sampleRun()[2]!,
    { name: 'invocation-finished', command: 'parse', success: true, elapsedMs: 1 } as const,
  ];
  expect(told(events).map(({ info }) => `${info['code']} ${info['name']}`)).toEqual([
    'D024 DuplicateYAMLKeysDeprecation',
    'S001 NearMiss',
    'S001 NearMiss',
    'W006 FoundStats',
    'D028 DeprecationsSummary',
  ]);
  expect(told(events).find(({ info }) => info['name'] === 'DeprecationsSummary')?.data['summaries']).toEqual([
    { event_name: 'DuplicateYAMLKeysDeprecation', event_code: 'D024', occurrences: 2 },
    { event_name: 'NearMiss', event_code: 'S001', occurrences: 2 },
  ]);
});

test('secrets are masked in data and message', () => {
  const secrets = new SecretMask();
  secrets.add('pass"word');
  const [line] = told(
    [{ name: 'template-log', text: 'is pass"word', level: 'info', uniqueId: null }],
    'info',
    secrets,
  );
  expect(line?.data).toEqual({ msg: 'is *****' });
  expect(line?.info['msg']).toBe('is *****');
});

test('a unit test that failed is named with its model, and its rows are data', () => {
  const node = ref('adds_up', { resourceType: 'unit_test', path: 'models/s.yml', testedModel: 'orders' });
  const difference = {
    columns: ['id'],
    rows: [{ change: 'missing', expected: ['1'], actual: null }],
  } as const;
  const failed = outcome({ status: 'fail', message: '\n\nactual differs', failures: 1, difference });
  const at = { index: 1, total: 1, threadId: 'Thread-1' };
  const finished = sampleRun().find((event) => event.name === 'run-finished')!;
  const lines = told([
    { name: 'node-finished', node, ...at, outcome: failed },
    { ...finished, problems: [{ node, outcome: failed }] },
  ]);
  expect(named(lines, 'LogTestResult')[0]).toMatchObject({
    info: { level: 'error' },
    data: { name: 'orders::adds_up', status: 'fail', num_failures: 1 },
  });
  expect(named(lines, 'RunResultError')[0]).toMatchObject({
    data: { msg: '\n\nactual differs', difference },
  });
});
