import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { CommandOptions, Outcome } from '../../src/cli/api.ts';
import { interruptedEarly } from '../../src/commands/errors.ts';
import { DiagnosticError } from '../../src/core/diagnostic.ts';
import { missingTable, sampleRun } from './events.ts';
import { play } from './play.ts';

const project = 'name: shop\n';
const succeed = async (): Promise<Outcome> => ({ success: true });

test('the exit code is 0 for success, 1 for handled failures, 2 for an interruption', async () => {
  const ending = (outcome: Outcome) => play(['build'], { command: async () => outcome });
  expect((await ending({ success: true })).code).toBe(0);
  expect((await ending({ success: false })).code).toBe(1);
  expect((await ending({ success: true, interrupted: true })).code).toBe(2);
});

test('detailed exit codes tell failed tests, broken nodes and signals apart', async () => {
  const detailed = ['build', '--exit-codes', 'detailed'];
  const ending = async (...statuses: string[]) => {
    const results = statuses.map((status) => ({ status }));
    const success = !statuses.some((status) => ['fail', 'error', 'runtime error'].includes(status));
    return (await play(detailed, { command: async () => ({ success, results }) })).code;
  };
  expect(await ending('success', 'pass', 'warn', 'no-op')).toBe(0);
  expect(await ending('success', 'fail', 'skipped')).toBe(3);
  expect(await ending('error', 'fail', 'skipped')).toBe(1);
  expect(await ending('runtime error')).toBe(1);
  const signalled = async (name: string, argv: readonly string[]) => {
    const { code, quits } = await play(argv, {
      command: ({ signal }, moves) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve({ success: false, interrupted: true }));
          setImmediate(() => {
            moves.signal(name);
            moves.signal(name);
          });
        }),
    });
    return [code, ...quits];
  };
  expect(await signalled('SIGINT', detailed)).toEqual([130, 130]);
  expect(await signalled('SIGTERM', detailed)).toEqual([143, 143]);
  expect(await signalled('SIGTERM', ['build'])).toEqual([2, 2]);
  const env = { SLUICE_EXIT_CODES: 'detailed' };
  const failed = { success: false, results: [{ status: 'fail' }] };
  expect((await play(['build'], { env, command: async () => failed })).code).toBe(3);
  expect((await play([...detailed.slice(0, 2), 'detaild'])).err).toContain("did you mean 'detailed'?");
});

test('a detailed exit code tells a signal that ended a command by an error', async () => {
  const { code } = await play(['build', '--exit-codes', 'detailed'], {
    command: ({ signal }, moves) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new DiagnosticError(missingTable)));
        setImmediate(() => moves.signal('SIGTERM'));
      }),
  });
  expect(code).toBe(143);
});

test('mistakes of the user end an invocation with their family, then all of them', async () => {
  const { code, out } = await play(['build'], {
    command: async () => {
      throw new DiagnosticError([missingTable, { ...missingTable, code: 'other', span: null, hint: null }]);
    },
  });
  expect(code).toBe(2);
  expect(out).toBe(`06:00:00  Encountered an error:
Database Error
  error[statement-failed] Catalog Error: Table with name missing_table does not exist!
    models/customers.sql:2:6
    1 | select id
    2 | from missing_table
      |      ^^^^^^^^^^^^^
    3 |
    hint: is a ref() missing?

  error[other] Catalog Error: Table with name missing_table does not exist!
`);
});

test('the JSON log tells an ending error as dbt does, with the name of its exception class', async () => {
  const { out } = await play(['--log-format', 'json', 'build'], {
    command: async () => {
      throw new DiagnosticError(missingTable);
    },
  });
  const { info, data } = JSON.parse(out);
  expect(info).toMatchObject({
    name: 'MainEncounteredError',
    code: 'Z002',
    level: 'error',
    invocation_id: 'the-id',
  });
  expect(info.msg).toBe(`Encountered an error:\n${data.exc}`);
  expect(data).toMatchObject({ exc_type: 'DbtDatabaseError', codes: ['statement-failed'] });
  expect(data.exc).toMatch(/^Database Error\n/);
});

test('a bug is one message; its stack is shown under --debug and kept in the log file', async () => {
  const command = () => Promise.reject(new TypeError('x is not a function'));
  const plain = await play(['build'], { project, command });
  expect(plain.code).toBe(2);
  expect(plain.out).toContain('TypeError: x is not a function\n  This is a bug of sluice.');
  expect(plain.out).not.toContain('    at ');
  expect(readFileSync(join(plain.directory, 'logs/dbt.log'), 'utf8')).toContain('    at ');
  expect((await play(['build', '--debug'], { command })).out).toContain('    at ');
});

test('the log file has everything at debug level, below a rule that names the invocation', async () => {
  const { directory } = await play(['build', '-q'], {
    project,
    command: async ({ onEvent }) => {
      for (const event of sampleRun()) onEvent(event);
      return { success: true };
    },
  });
  const log = readFileSync(join(directory, 'logs/dbt.log'), 'utf8');
  expect(log).toMatch(/^\n\n={30} 06:00:00\.000000 \| the-id ={30}\n/);
  expect(log).toContain('06:00:00.000000 [debug] [MainThread]: On model.shop.orders: select 1\n');
  expect(log).toContain('06:00:00.000000 [info ] [MainThread]: Done. PASS=3');
  expect(log).not.toContain('\u001b');
});

test('a list stands on the console as it is, in the log file each line behind a stamp, in JSON each as its event', async () => {
  const list = async (...words: string[]) =>
    play(['ls', ...words], {
      project,
      command: async () => ({ success: true, lines: ['shop.a', 'shop.b'] }),
    });
  const plain = await list('--quiet');
  expect(plain.out).toBe('shop.a\nshop.b\n');
  expect(readFileSync(join(plain.directory, 'logs/dbt.log'), 'utf8')).toContain(
    '06:00:00.000000 [info ] [MainThread]: shop.a\n06:00:00.000000 [info ] [MainThread]: shop.b\n',
  );
  const told = (await list('--log-format', 'json', '--log-level-file', 'warn')).out.trim().split('\n');
  expect(told.map((line) => JSON.parse(line)).map(({ info, data }) => [info.name, info.msg, data])).toEqual([
    ['PrintEvent', 'shop.a', { msg: 'shop.a' }],
    ['PrintEvent', 'shop.b', { msg: 'shop.b' }],
  ]);
  const none = await play(['ls'], { project, command: async () => ({ success: true, lines: [] }) });
  expect(none.out).toBe('');
});

test('--log-path, DBT_LOG_PATH and the file format are honoured; outside of a project nothing is logged', async () => {
  const command = async ({ onEvent }: CommandOptions) => {
    for (const event of sampleRun()) onEvent(event);
    return { success: true };
  };
  const json = ['--log-path', 'elsewhere', '--log-format-file', 'json'];
  const there = await play(['build', ...json], { project, command });
  expect(
    JSON.parse(readFileSync(join(there.directory, 'elsewhere/dbt.log'), 'utf8').split('\n')[0]!).info.name,
  ).toBe('MainReportVersion');
  const byVariable = await play(['build'], { project, command, env: { DBT_LOG_PATH: 'variable' } });
  expect(existsSync(join(byVariable.directory, 'variable/dbt.log'))).toBe(true);
  const nowhere = await play(['init', 'shop']);
  expect(existsSync(join(nowhere.directory, 'logs'))).toBe(false);
  const none = await play(['build', '--log-level-file', 'none'], { project });
  expect(existsSync(join(none.directory, 'logs'))).toBe(false);
});

test.each([['debug'], ['run']])(
  '%s refuses a folder of the project that is not there, and is not called',
  async (name) => {
    for (const how of [{ args: ['--project-dir', 'gone'] }, { args: [], env: { DBT_PROJECT_DIR: 'gone' } }]) {
      const { code, err, options } = await play([name, ...how.args], { project, ...how });
      expect([code, options]).toEqual([2, null]);
      expect(err).toContain("the value 'gone' of --project-dir must be a folder that is there");
    }
  },
);

test('a log that cannot be written warns once and ends nothing', async () => {
  const file = join(mkdtempSync(join(tmpdir(), 'sluice-log-')), 'file');
  writeFileSync(file, '');
  const { code, err } = await play(['build', '--log-path', join(file, 'below')], {
    project,
    command: async ({ onEvent }) => {
      for (const event of sampleRun()) onEvent(event);
      return { success: true };
    },
  });
  expect(code).toBe(0);
  expect(err).toContain(`warning: cannot write the log ${join(file, 'below', 'dbt.log')}`);
});

test('SLUICE_EVENT_LOG gets every event at debug level whatever the console shows', async () => {
  const { directory, out } = await play(['-q', '--log-level', 'error', 'build'], {
    env: { SLUICE_EVENT_LOG: 'events.jsonl', DBT_ENV_SECRET_TOKEN: 'hunter22' },
    command: async ({ onEvent }) => {
      onEvent({ name: 'message', level: 'debug', text: 'token hunter22' });
      return { success: true };
    },
  });
  expect(out).toBe('');
  const lines = readFileSync(join(directory, 'events.jsonl'), 'utf8').trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).info.name)).toEqual(['Note']);
  expect(JSON.parse(lines[0]!).info.msg).toBe('token *****');
});

test('the first signal cancels and waits, the second quits at once', async () => {
  let cancelled = 0;
  const played = await play(['build'], {
    command: (_, moves) => {
      let finish = (_: Outcome): void => {};
      const work = new Promise<Outcome>((resolve) => {
        finish = resolve;
      });
      setImmediate(() => {
        moves.signal();
        moves.signal();
      });
      return Object.assign(work, {
        cancel: () => {
          cancelled += 1;
          finish({ success: false, interrupted: true });
        },
      });
    },
  });
  expect(cancelled).toBe(1);
  expect(played.quits).toEqual([2]);
  expect(played.code).toBe(2);
});

test('an interruption while a command gets ready is no bug', async () => {
  const { code, out } = await play(['build'], {
    command: ({ signal, onEvent }, moves) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          onEvent({ name: 'interrupted', diagnostic: interruptedEarly('build') });
          resolve({ success: false, interrupted: true });
        });
        setImmediate(() => moves.signal());
      }),
  });
  expect(code).toBe(2);
  expect(out).toContain("error[run-interrupted] 'build' was interrupted");
  expect(out).not.toContain('bug');
});

test('what was thrown where nobody waited is told, cancels the run and makes it fail', async () => {
  const { code, out } = await play(['build'], {
    command: ({ signal }, moves) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve({ success: true }));
        setImmediate(() => moves.stray(new Error('lost')));
      }),
  });
  expect(code).toBe(2);
  expect(out).toContain('Error: lost');
});

test('names, rows and SQL that were asked for are shown as they are, even under quiet', async () => {
  const listed = { success: true, lines: ['shop.orders', 'shop.customers'] };
  expect((await play(['ls', '-q'], { command: async () => listed })).out).toBe(
    'shop.orders\nshop.customers\n',
  );
  const compiled = {
    success: true,
    compiled: [{ name: 'orders', uniqueId: 'model.shop.orders', sql: 'select 1' }],
  };
  expect((await play(['compile'], { command: async () => compiled })).out).toBe(
    "Compiled node 'orders' is:\nselect 1\n",
  );
  expect((await play(['compile', '--output', 'json'], { command: async () => compiled })).out).toBe(
    '{\n  "node": "orders",\n  "compiled": "select 1"\n}\n',
  );
});

test('rows are a table with numbers to the right, or JSON with their types', async () => {
  const shown = {
    success: true,
    shown: [
      {
        name: null,
        uniqueId: 'sql_operation.shop.inline',
        columns: [
          { name: 'a', kind: 'integer', type: 'INTEGER' },
          { name: 'name', kind: 'text', type: 'VARCHAR' },
          { name: 'd', kind: 'decimal', type: 'DECIMAL(10,2)' },
          { name: 'ok', kind: 'boolean', type: 'BOOLEAN' },
          { name: 'at', kind: 'timestamp', type: 'TIMESTAMP' },
        ],
        rows: [
          [1, 'x|y', '12.50', true, '2026-01-31 10:00:00'],
          [1_000_000, 'two\nlines', null, false, null],
        ],
      },
    ],
  };
  const command = async () => shown;
  expect((await play(['show', '--inline', 'q'], { command })).out).toBe(`Previewing inline node:
|       a | name      |     d |    ok |                  at |
| ------- | --------- | ----- | ----- | ------------------- |
|       1 | x|y       | 12.50 |  True | 2026-01-31 10:00:00 |
| 1000000 | two⏎lines |       | False |                     |

`);
  expect(JSON.parse((await play(['show', '--output', 'json'], { command })).out)).toEqual({
    show: [
      { a: 1, name: 'x|y', d: 12.5, ok: true, at: '2026-01-31T10:00:00' },
      { a: 1_000_000, name: 'two\nlines', d: null, ok: false, at: null },
    ],
  });
});

test('floats and decimals of rows have a point in JSON, and integers all their digits, as in dbt', async () => {
  const shown = [
    {
      name: 'orders',
      uniqueId: 'model.shop.orders',
      columns: [
        { name: 'weight', kind: 'float', type: 'DOUBLE' },
        { name: 'price', kind: 'decimal', type: 'DECIMAL(30,2)' },
        { name: 'id', kind: 'integer', type: 'BIGINT' },
        { name: '1', kind: 'struct', type: 'STRUCT(a INTEGER)' },
      ],
      rows: [
        [3, '12345678901234567890.50', 9_007_199_254_740_993n, { fields: [['a', 1]] }],
        [1e-7, '4.00', 5, null],
        [Number.NaN, null, null, null],
      ],
    },
  ];
  const ask = async (nodes: readonly object[]) => {
    const command = async () => ({ success: true, shown: nodes });
    return (await play(['show', '--output', 'json'], { command })).out;
  };
  expect(await ask(shown)).toBe(`{
  "node": "orders",
  "show": [
    {
      "weight": 3.0,
      "price": 1.2345678901234567e+19,
      "id": 9007199254740993,
      "1": {
        "a": 1
      }
    },
    {
      "weight": 1e-07,
      "price": 4.0,
      "id": 5,
      "1": null
    },
    {
      "weight": null,
      "price": null,
      "id": null,
      "1": null
    }
  ]
}
`);
  expect(await ask([{ ...shown[0], rows: [] }])).toBe('{\n  "node": "orders",\n  "show": []\n}\n');
});

test('a project file that is no YAML does not stop the command line: loading it reports the error', async () => {
  expect((await play(['parse'], { project: 'flags: [\n', command: succeed })).code).toBe(0);
});

test.each([
  ['the project', [], {}, true],
  ['NO_COLOR over the project', [], { NO_COLOR: '1' }, false],
  ['a variable over NO_COLOR', [], { NO_COLOR: '1', DBT_USE_COLORS: 'true' }, true],
  ['a flag over all', ['--no-use-colors'], { DBT_USE_COLORS: 'true', FORCE_COLOR: '1' }, false],
] as const)('colours are as they are asked for: %s', async (_, flags, env, coloured) => {
  const { out } = await play(['build', ...flags], {
    project: 'name: shop\nflags: {use_colors: true}\n',
    env,
    command: async ({ onEvent }) => {
      for (const event of sampleRun()) onEvent(event);
      return { success: true };
    },
  });
  expect(out.includes('\u001b[')).toBe(coloured);
});
