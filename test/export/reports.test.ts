import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { DiagnosticError, error, warning } from '../../src/core/diagnostic.ts';
import type { Event } from '../../src/core/event.ts';
import { annotationLines } from '../../src/export/reports/annotations.ts';
import { errorDescriptions } from '../../src/export/reports/error-descriptions.ts';
import { junitReport } from '../../src/export/reports/junit.ts';
import { markdownReport } from '../../src/export/reports/markdown.ts';
import { report } from '../../src/export/reports/report.ts';
import { gather, type ReportInput } from '../../src/export/reports/told.ts';
import { customers, missingTable, orders, outcome, ref, sampleRun, unique } from '../cli/events.ts';
import { readXml, type XmlElement } from './xml.ts';

/** A repository with a project in a folder of it that has the sample run's files. */
function repository(): ReportInput & { readonly repositoryDir: string } {
  const repositoryDir = mkdtempSync(join(tmpdir(), 'sluice-reports-'));
  onTestFinished(() => rmSync(repositoryDir, { recursive: true, force: true }));
  for (const name of ['customers.sql', 'schema.yml', 'dbt_project.yml']) {
    writeFileSync(join(repositoryDir, name), '');
  }
  return { events: sampleRun(), projectDir: repositoryDir, repositoryDir };
}

const schema = 'models:\n  - name: orders\n    data_tests: [unique]\n';

/** The sample run, with files where its events say they are. */
function sampleInput(): ReportInput {
  const input = repository();
  const inRepository = (event: Event): Event => {
    if (event.name !== 'node-finished' && event.name !== 'run-finished') return event;
    return JSON.parse(JSON.stringify(event).replaceAll('models/', '')) as Event;
  };
  const events = input.events.map(inRepository).map((event): Event => {
    if (event.name !== 'run-finished') return event;
    const start = schema.indexOf('unique');
    const place = { file: 'schema.yml', text: schema, start, end: start + 6 };
    return {
      ...event,
      problems: event.problems.map((one) =>
        one.node.uniqueId === unique.uniqueId ? { ...one, place } : one,
      ),
    };
  });
  return { ...input, events };
}

const finished = (node = orders, fields: Parameters<typeof outcome>[0] = {}): Event => ({
  name: 'node-finished',
  node,
  index: 1,
  total: 1,
  threadId: 'Thread-1',
  outcome: outcome(fields),
});

const all = (element: XmlElement, name: string): readonly XmlElement[] =>
  element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...all(child, name)]);

test('junit has a suite for each type, a case for each node, and counts that add up', () => {
  const root = readXml(report('junit', sampleInput()));
  expect(root.attributes).toMatchObject({ name: 'sluice build', tests: '7', failures: '1', errors: '1' });
  const suites = root.children.map(({ attributes, children }) => {
    const { name, tests, failures, errors, skipped } = attributes;
    const states = children.map((one) => one.children.map((child) => child.name).join() || 'passed');
    return [name, tests, failures, errors, skipped, states.join(' ')].join(' | ');
  });
  expect(suites).toEqual([
    'hook | 1 | 0 | 0 | 0 | passed',
    'seed | 1 | 0 | 0 | 0 | passed',
    'model | 3 | 0 | 1 | 1 | passed error,system-out skipped',
    'data test | 2 | 1 | 0 | 0 | failure,system-out system-out',
  ]);
  const broken = all(root, 'testcase').find(({ attributes }) => attributes['name'] === 'customers');
  expect(broken?.attributes).toEqual({ name: 'customers', classname: 'shop', time: '0.380' });
  expect(broken?.children[0]?.attributes).toEqual({
    type: 'statement-failed',
    message: missingTable.message,
  });
  expect(broken?.children[0]?.text).toContain('2 | from missing_table\n    |      ^^^^^^^^^^^^^');
  expect(broken?.children[1]?.text).toContain('compiled code at target/compiled/shop/customers.sql');
});

test('junit has only what the schema of Jenkins allows', () => {
  const allowed: Readonly<Record<string, readonly string[]>> = {
    testsuites: ['name', 'time', 'tests', 'failures', 'errors'],
    testsuite: ['name', 'tests', 'failures', 'errors', 'skipped', 'time', 'timestamp'],
    testcase: ['name', 'classname', 'time'],
    failure: ['type', 'message'],
    error: ['type', 'message'],
    skipped: ['message'],
    'system-out': [],
  };
  const check = (element: XmlElement): void => {
    expect(Object.keys(allowed)).toContain(element.name);
    for (const name of Object.keys(element.attributes)) expect(allowed[element.name]).toContain(name);
    const time = element.attributes['time'];
    if (time !== undefined) expect(time).toMatch(/^\d+\.\d{3}$/);
    for (const child of element.children) check(child);
  };
  check(readXml(report('junit', { ...sampleInput(), thrown: new DiagnosticError(missingTable) })));
});

test('whatever a warehouse says, junit stays XML: markup, control characters, halves of characters', () => {
  const message = 'a < b && "c" ]]> \u0000\u001b[31m \ud83d lone \ufffe end\nsecond\tline';
  const diagnostic = error({ code: 'odd', message });
  const root = readXml(
    report('junit', {
      ...repository(),
      events: [finished(customers, { status: 'error', message, diagnostic })],
    }),
  );
  const [failure] = all(root, 'error');
  expect(failure?.text).toContain('a < b && "c" ]]> ��[31m � lone � end\nsecond\tline');
  const skipped = { status: 'skipped', message: 'one\ntwo' } as const;
  expect(
    all(readXml(report('junit', { ...repository(), events: [finished(orders, skipped)] })), 'skipped'),
  ).toEqual([{ name: 'skipped', attributes: { message: 'one\ntwo' }, children: [], text: '' }]);
});

test('a project that does not parse is a suite of its mistakes', () => {
  const thrown = new DiagnosticError([missingTable, error({ code: 'other', message: 'two' })]);
  const root = readXml(report('junit', { ...repository(), events: sampleRun().slice(0, 1), thrown }));
  expect(root.attributes).toMatchObject({ tests: '2', errors: '2' });
  expect(all(root, 'testcase').map(({ attributes }) => attributes['name'])).toEqual([
    'statement-failed (models/customers.sql:2:6)',
    'other',
  ]);
});

test('an invocation that told nothing is a report with nothing in it', () => {
  expect(readXml(report('junit', { ...repository(), events: [] })).children).toEqual([]);
});

test('versions of a model are cases of their own', () => {
  const events = [1, 2].map((number) => finished({ ...orders, uniqueId: `model.shop.orders.v${number}` }));
  const names = all(readXml(report('junit', { ...repository(), events })), 'testcase');
  expect(names.map(({ attributes }) => attributes['name'])).toEqual(['orders.v1', 'orders.v2']);
});

test('markdown says numbers, what failed with its frame, tests with their rows, and what was slow', () => {
  expect(report('markdown', sampleInput())).toBe(`## sluice build: 1 errored, 1 failed, 1 warned, 1 skipped

project \`shop\` · target \`dev\` · 61 min 40 s

|  | passed | warned | failed | errored | skipped |
| --- | --- | --- | --- | --- | --- |
| hook | 1 | 0 | 0 | 0 | 0 |
| seed | 1 | 0 | 0 | 0 | 0 |
| model | 1 | 0 | 0 | 1 | 1 |
| data test | 0 | 1 | 1 | 0 | 0 |

### Failed nodes

#### model \`customers\`

\`\`\`text
statement-failed: Catalog Error: Table with name missing_table does not exist!
  customers.sql:2:6
  1 | select id
  2 | from missing_table
    |      ^^^^^^^^^^^^^
  3 |
  hint: is a ref() missing?
\`\`\`

compiled code at \`target/compiled/shop/customers.sql\`

### Failed tests

| test | rows | where | message |
| --- | --- | --- | --- |
| \`unique_orders_id\` | 2 | \`schema.yml:3\` | \`Got 2 results, configured to fail if != 0\` |

### Tests that warn

| test | rows | where | message |
| --- | --- | --- | --- |
| \`not_null_orders_id\` | 1 | \`schema.yml\` | \`Got 1 result, configured to warn if != 0\` |

### Slowest

|  | node | time |
| --- | --- | --- |
| seed | \`raw_orders\` | 0.38 s |
| model | \`customers\` | 0.38 s |
| model | \`orders\` | 0.05 s |
| data test | \`unique_orders_id\` | 0.04 s |
| data test | \`not_null_orders_id\` | 0.03 s |
| hook | \`shop-on-run-start-0\` | 0.01 s |
`);
});

test('texts of others are no markup of the summary', () => {
  const message = 'got `a` | <img src=x> ``` [link](http://x) @team\n## title';
  const diagnostic = error({ code: 'odd', message });
  const events = [
    finished(customers, { status: 'error', message, diagnostic }),
    finished(ref('a|`b`'), { status: 'fail', message, failures: 1 }),
  ];
  const text = report('markdown', { ...repository(), events });
  expect(text).toContain(`\`\`\`\`text\nodd: ${message}\n\`\`\`\``);
  expect(text).toContain('| `` a\\|`b` `` | 1 |');
  expect(text).toContain('| ````got `a` \\| <img src=x> ``` [link](http://x) @team ## title```` |');
});

test('a summary never exceeds its limit, and says that it was cut', () => {
  const events = Array.from({ length: 400 }, (_, index) =>
    finished(ref(`model_${index}`), {
      status: 'error',
      diagnostic: error({ code: 'x', message: '€'.repeat(9000) }),
    }),
  );
  const told = gather({ ...repository(), events });
  expect(Buffer.byteLength(markdownReport(told))).toBeLessThan(1024 * 1024);
  expect(markdownReport(told)).toContain('… and 350 more');
  const short = markdownReport(told, 2000);
  expect(Buffer.byteLength(short)).toBeLessThanOrEqual(2000);
  expect(short).toContain('The rest does not fit here.');
  expect(Buffer.byteLength(markdownReport(told, 10))).toBeLessThan(40);
});

test('GitHub marks lines of files by their path from the root of the repository', () => {
  expect(annotationLines(gather(sampleInput()))).toEqual([
    '::error file=customers.sql,line=2,endLine=2,col=6,endColumn=18,title=model customers::Catalog Error: Table with name missing_table does not exist!%0Ahint: is a ref() missing?',
    '::error file=schema.yml,line=3,endLine=3,col=18,endColumn=23,title=data test unique_orders_id::Got 2 results, configured to fail if != 0',
    '::warning title=data test not_null_orders_id::Got 1 result, configured to warn if != 0',
  ]);
});

test('a text cannot end an annotation, add a property or begin a command of its own', () => {
  const thrown = new DiagnosticError(
    error({ code: 'a,line=1::b', message: '100% of\r\n::stop-commands::x' }),
  );
  expect(annotationLines(gather({ ...repository(), events: [], thrown }))).toEqual([
    '::error title=a%2Cline=1%3A%3Ab::100%25 of%0D%0A::stop-commands::x',
  ]);
});

test('of many annotations GitHub gets as many as it shows, and the number of the rest', () => {
  const events = Array.from({ length: 30 }, (_, index) =>
    finished(ref(`t${index}`), { status: 'fail', message: 'no' }),
  );
  const lines = annotationLines(gather({ ...repository(), events }));
  expect(lines).toHaveLength(10);
  expect(lines.at(-1)).toBe('::error title=21 more::21 more of this kind: see the log');
});

test('sarif has rules with what errors.md says of them, and places by relative paths', () => {
  const input = sampleInput();
  const text = 'select 1 from\n{{ ref("nope") }}\n';
  const span = { file: join(input.projectDir, 'customers.sql'), text, start: 17, end: 20 };
  const thrown = new DiagnosticError([
    error({ code: 'ref-not-found', message: `see ${input.projectDir}/customers.sql`, span }),
    error({ code: 'no-place', message: 'nowhere' }),
  ]);
  const warned: Event = {
    name: 'diagnostic',
    diagnostic: warning({
      code: 'ref-not-found',
      message: 'again',
      span: { ...span, file: 'not/there.sql' },
    }),
  };
  const written = report('sarif', { ...input, events: [warned], thrown });
  expect(written).not.toContain(input.projectDir);
  const { version, runs } = JSON.parse(written);
  expect(version).toBe('2.1.0');
  const [{ tool, results }] = runs;
  expect(tool.driver.rules.map((rule: { id: string }) => rule.id)).toEqual(['no-place', 'ref-not-found']);
  expect(tool.driver.rules[1].fullDescription.text).toBe(errorDescriptions().get('ref-not-found'));
  const place = (uri: string, region: object) => [
    { physicalLocation: { artifactLocation: { uri, uriBaseId: '%SRCROOT%' }, region } },
  ];
  const atStart = { startLine: 1, startColumn: 1, endLine: 1, endColumn: 1 };
  expect(results).toEqual([
    {
      ruleId: 'ref-not-found',
      ruleIndex: 1,
      level: 'error',
      message: { text: 'see customers.sql' },
      locations: place('customers.sql', { startLine: 2, startColumn: 4, endLine: 2, endColumn: 7 }),
    },
    {
      ruleId: 'no-place',
      ruleIndex: 0,
      level: 'error',
      message: { text: 'nowhere' },
      locations: place('dbt_project.yml', atStart),
    },
    {
      ruleId: 'ref-not-found',
      ruleIndex: 1,
      level: 'warning',
      message: { text: 'again' },
      locations: place('dbt_project.yml', atStart),
    },
  ]);
});

test('secrets are masked before a report escapes them', () => {
  const secret = 'p<ss&word';
  const thrown = new DiagnosticError(error({ code: 'x', message: `the password is ${secret}` }));
  const mask = (text: string): string => text.replaceAll(secret, '*****');
  for (const kind of ['junit', 'markdown', 'sarif'] as const) {
    const text = report(kind, { ...repository(), events: [], thrown, mask });
    expect(text).toContain('the password is *****');
    expect(text).not.toMatch(/word"|ss&amp;/);
  }
  expect(junitReport(gather({ ...repository(), events: [], thrown: new TypeError(secret), mask }))).toContain(
    'TypeError: *****',
  );
});
