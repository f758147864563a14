import { expect, test } from 'vitest';
import { createConsole } from '../../../src/cli/log/console.ts';
import { warning } from '../../../src/core/diagnostic.ts';
import type { Event } from '../../../src/core/event.ts';
import { SecretMask } from '../../../src/core/secret.ts';
import { orders, outcome, ref, sampleRun, sampleTeller, sixOClock } from '../events.ts';

interface Choices {
  readonly colors?: boolean;
  readonly isTTY?: boolean;
  readonly quiet?: boolean;
  readonly level?: 'debug' | 'info' | 'warn' | 'error';
  readonly detailed?: boolean;
  readonly showRepeats?: boolean;
  readonly print?: boolean;
  readonly secrets?: SecretMask;
  readonly rows?: number;
}

function told(events: readonly Event[], choices: Choices = {}): string {
  let text = '';
  const teller = sampleTeller();
  const console = createConsole({
    stream: { write: (piece) => (text += piece) },
    secrets: choices.secrets ?? new SecretMask(),
    colors: choices.colors ?? false,
    isTTY: choices.isTTY ?? false,
    size: () => ({ columns: 60, rows: choices.rows ?? 24 }),
    quiet: choices.quiet ?? false,
    level: choices.level ?? 'info',
    detailed: choices.detailed ?? false,
    showRepeats: choices.showRepeats ?? false,
    print: choices.print ?? true,
    now: () => sixOClock,
  });
  for (const event of events) {
    console.event(event);
    for (const line of teller.lines(event)) console.line(line);
  }
  console.close();
  return text;
}

test('a run is one line per finished node, and repeats every failure with its place at the end', () => {
  expect(told(sampleRun())).toBe(
    `06:00:00  Running with sluice=0.1.0 as dbt=1.11.16
06:00:00  Registered adapter: duckdb=0.1.0
06:00:00  Found 3 models, 1 seed, 2 analyses, 2 data tests
06:00:00
06:00:00  Concurrency: 4 threads (target='dev')
06:00:00
06:00:00  1 of 1 OK hook: shop.on-run-start.0 ............................................ [OK in 0.01s]
06:00:00  1 of 6 OK loaded seed file main.raw_orders ..................................... [INSERT 99 in 0.38s]
06:00:00  2 of 6 OK created sql table model main.orders .................................. [OK 5 rows in 0.05s]
06:00:00  3 of 6 ERROR creating sql table model main.customers ........................... [ERROR in 0.38s]
06:00:00  4 of 6 SKIP relation main.dependent because of customers ....................... [SKIP]
06:00:00  5 of 6 FAIL 2 unique_orders_id ................................................. [FAIL 2 in 0.04s]
06:00:00  6 of 6 WARN 1 not_null_orders_id ............................................... [WARN 1 in 0.03s]
06:00:00
06:00:00  Finished running 1 project hook, 1 seed, 3 table models, 2 data tests in 1 hours 1 minutes and 1.23 seconds (3661.23s).
06:00:00
06:00:00  Completed with 2 errors, 0 partial successes, and 1 warning:
06:00:00
06:00:00  Failure in model customers (models/customers.sql)
06:00:00    Database Error in model customers (models/customers.sql)
    error[statement-failed] Catalog Error: Table with name missing_table does not exist!
      models/customers.sql:2:6
      1 | select id
      2 | from missing_table
        |      ^^^^^^^^^^^^^
      3 |
      hint: is a ref() missing?
06:00:00    compiled code at target/compiled/shop/models/customers.sql
06:00:00
06:00:00  Failure in test unique_orders_id (models/schema.yml)
06:00:00    Got 2 results, configured to fail if != 0
06:00:00    compiled code at target/compiled/shop/models/schema.yml/unique_orders_id.sql
06:00:00
06:00:00  Warning in test not_null_orders_id (models/schema.yml)
06:00:00    Got 1 result, configured to warn if != 0
06:00:00
06:00:00  Done. PASS=3 WARN=1 ERROR=2 SKIP=1 NO-OP=0 TOTAL=7
`,
  );
});

test('colours mark the status in the brackets and nothing else of a line', () => {
  const event: Event = {
    name: 'node-finished',
    node: orders,
    index: 1,
    total: 1,
    threadId: 't',
    outcome: outcome(),
  };
  expect(told([event], { colors: true })).toContain(' [\u001b[32mOK\u001b[39m in 0.05s]\n');
  expect(told([event])).not.toContain('\u001b');
});

test('under quiet only errors and asked-for output are shown', () => {
  const print: Event = { name: 'template-print', text: 'from a template', uniqueId: null };
  const text = told([print, ...sampleRun()], { quiet: true });
  expect(text.startsWith('from a template\n')).toBe(true);
  expect(text).toContain('3 of 6 ERROR creating');
  expect(text).not.toContain('Done.');
  expect(text).not.toContain('OK loaded');
});

test('print() of templates is hidden where print is off', () => {
  expect(told([{ name: 'template-print', text: 'x', uniqueId: null }], { print: false })).toBe('');
});

test('of warnings the first of each kind is shown, then how many more there are', () => {
  const deprecated = (name: string): Event => ({
    name: 'diagnostic',
    diagnostic: warning({
      code: 'c',
      message: `about ${name}`,
      event: 'CustomKeyInConfigDeprecation',
      hint: 'do x',
    }),
  });
  const unused: Event = {
    name: 'diagnostic',
    diagnostic: warning({ code: 'unused-path', message: 'unused' }),
  };
  const parsed = sampleRun()[2]!;
  const ended: Event = { name: 'invocation-finished', command: 'parse', success: true, elapsedMs: 1 };
  const events = [deprecated('a'), deprecated('b'), unused, deprecated('c'), parsed, ended];
  expect(told(events)).toBe(
    `06:00:00  [WARNING][CustomKeyInConfigDeprecation]: about a
  hint: do x
06:00:00  [WARNING]: unused
06:00:00  Found 3 models, 1 seed, 2 analyses, 2 data tests
06:00:00  [WARNING][DeprecationsSummary]: of each kind of these warnings, the first was shown:
- CustomKeyInConfigDeprecation: 3 occurrences
- UnusedPath: 1 occurrence
  hint: --show-all-deprecations shows all
`,
  );
  const all = told(events, { showRepeats: true });
  expect(all).toContain('about c');
  expect(all).not.toContain('more of these');
});

test('the detailed console shows statements and start lines with level and thread', () => {
  const text = told(sampleRun(), { detailed: true, level: 'debug' });
  expect(text).toContain(
    '06:00:00.000000 [info ] [Thread-2 (worker)]: 2 of 6 START sql table model main.orders ...',
  );
  expect(text).toContain('[debug] [MainThread]: On model.shop.orders: select 1\n');
});

test('a command that only compiles tells of nodes only where they fail', () => {
  const [started, ...rest] = sampleRun();
  const compile = { ...started, command: 'compile' } as Event;
  const text = told([compile, ...rest]);
  expect(text).not.toMatch(/OK created|FAIL|PASS unique|START/);
  expect(text).toContain('3 of 6 ERROR compiling sql table model main.customers ..........................');
  const well = rest.filter((event) => event.name !== 'run-finished' && event.name !== 'node-finished');
  const ended = rest.find((event) => event.name === 'run-finished')!;
  expect(told([compile, ...well, { ...ended, problems: [] } as Event])).not.toContain('Done.');
});

test('secrets are masked in every line', () => {
  const secrets = new SecretMask();
  secrets.add('hunter22');
  const events: readonly Event[] = [
    { name: 'message', level: 'info', text: 'password hunter22' },
    { name: 'template-print', text: 'hunter22', uniqueId: null },
  ];
  expect(told(events, { secrets })).toBe('06:00:00  password *****\n*****\n');
});

test('on a terminal running nodes are drawn below, bounded, and wiped at the end', () => {
  const nodes = Array.from({ length: 12 }, (_, index) => ref(`model_with_a_rather_long_name_${index}`));
  const starts = nodes.map(
    (node, index): Event => ({
      name: 'node-started',
      node,
      index: index + 1,
      total: 12,
      threadId: 't',
    }),
  );
  const ends = nodes.map(
    (node, index): Event => ({
      name: 'node-finished',
      node,
      index: index + 1,
      total: 12,
      threadId: 't',
      outcome: outcome(),
    }),
  );
  const text = told([...starts, ...ends], { isTTY: true, rows: 24 });
  const screen = new Screen();
  screen.write(told(starts, { isTTY: true, rows: 24 }));
  expect(screen.most).toBe(9);
  expect(screen.widest).toBeLessThan(60);
  const final = new Screen();
  final.write(text);
  expect(final.lines.filter((line) => line !== '')).toEqual(
    nodes.map((node, index) =>
      expect.stringContaining(`${index + 1} of 12 OK created sql table model main.${node.name}`),
    ),
  );
  expect(text.lastIndexOf('\u001b[?25h')).toBeGreaterThan(text.lastIndexOf('\u001b[?25l'));
});

test('a pipe gets no cursor movement', () => {
  expect(told(sampleRun(), { isTTY: false })).not.toContain('\u001b');
});

const escapeCode = '\u001b';

/** As much of a terminal as the display uses: lines, cursor up (which the display follows with an erase), colours. */
class Screen {
  lines: string[] = [''];
  most = 0;
  widest = 0;

  write(text: string): void {
    for (const [index, part] of text.split(escapeCode).entries()) {
      const [, count, kind, rest] = /^\[\??(\d*)([A-Za-z])([\s\S]*)$/.exec(part) ?? [];
      if (index > 0 && kind === 'A') {
        this.lines.splice(this.lines.length - 1 - Number(count));
        this.lines.push('');
      }
      this.#print(index === 0 ? part : (rest ?? ''));
    }
  }

  #print(text: string): void {
    const [first = '', ...more] = text.replaceAll('\r', '').split('\n');
    this.lines[this.lines.length - 1] += first;
    this.lines.push(...more);
    this.most = Math.max(this.most, this.lines.length - 1);
    this.widest = Math.max(this.widest, ...this.lines.map((line) => line.length));
  }
}
