import { expect, test } from 'vitest';
import { postgres } from '../../../adapters/postgres/facts.ts';
import { timeoutMs } from '../../../adapters/postgres/timeouts.ts';
import { formatDiagnostic } from '../../../src/core/diagnostic.ts';

const context = { workingDirectory: '/work', home: '/home/ann', profileName: 'shop', targetName: 'dev' };
const given = {
  type: 'postgres',
  host: 'db.internal',
  port: 5433,
  user: 'ann',
  password: 'hunter22',
  dbname: 'shop',
  schema: 'analytics',
};
const read = (changes: Readonly<Record<string, unknown>> = {}) =>
  postgres.credentials({ ...given, ...changes }, context);

function accepted(changes: Readonly<Record<string, unknown>> = {}) {
  const result = read(changes);
  if ('errors' in result) throw new Error(result.errors.map(formatDiagnostic).join('\n'));
  return result;
}

function told(changes: Readonly<Record<string, unknown>>): string[] {
  const result = read(changes);
  return ('errors' in result ? result.errors : result.warnings).map(formatDiagnostic);
}

test('target shows what dbt shows, in its order', () => {
  // `target.items()` of dbt-postgres 1.11, but for dbt's own fields.
  expect(Object.entries(accepted().credentials.target)).toEqual([
    ['host', 'db.internal'],
    ['port', 5433],
    ['user', 'ann'],
    ['database', 'shop'],
    ['schema', 'analytics'],
    ['connect_timeout', 10],
    ['role', null],
    ['search_path', null],
    ['keepalives_idle', 0],
    ['sslmode', null],
    ['sslcert', null],
    ['sslkey', null],
    ['sslrootcert', null],
    ['application_name', 'dbt'],
    ['autocommit', false],
    ['retries', 1],
    ['dbname', 'shop'],
  ]);
});

test("dbt's other spellings are taken, and its defaults where nothing is given", () => {
  const { database: _, dbname, password, ...rest } = { database: null, ...given };
  const result = postgres.credentials({ ...rest, database: dbname, pass: password }, context);
  expect(result).toMatchObject({ credentials: { database: 'shop', schema: 'analytics', threads: 1 } });
  expect(accepted({ application_name: null }).credentials.target['application_name']).toBeNull();
  expect(accepted({ application_name: '' }).credentials.target['application_name']).toBe('');
});

test('paths are of the working directory, and are shown as they are written', () => {
  const { credentials } = accepted({ sslrootcert: 'certs/ca.crt', sslcert: '/etc/a.crt', sslkey: 'a.key' });
  expect(credentials.fields).toMatchObject({
    sslrootcert: '/work/certs/ca.crt',
    sslcert: '/etc/a.crt',
    sslkey: '/work/a.key',
    home: '/home/ann',
  });
  expect(credentials.target).toMatchObject({ sslrootcert: 'certs/ca.crt', sslkey: 'a.key' });
  expect(accepted({ sslrootcert: 'system' }).credentials.fields['sslrootcert']).toBe('system');
});

test('the password is never printed', () => {
  const result = accepted();
  expect(JSON.stringify(result)).not.toContain('hunter22');
  expect(String(result.credentials.fields['password'])).toBe('*****');
});

// What dbt refuses, too: it takes no text for a number.
test.each<[Readonly<Record<string, unknown>>, string]>([
  [{ host: undefined }, "profile 'shop', target 'dev' has no 'host'"],
  [{ port: undefined }, "profile 'shop', target 'dev' has no 'port'"],
  [{ user: null }, "profile 'shop', target 'dev' has no 'user'"],
  [{ password: undefined }, "profile 'shop', target 'dev' has no 'password' or 'pass'"],
  [{ dbname: undefined }, "profile 'shop', target 'dev' has no 'database' or 'dbname'"],
  [{ schema: undefined }, "profile 'shop', target 'dev' has no 'schema'"],
  [{ port: '5432' }, "'port' of profile 'shop', target 'dev' must be a whole number, not text"],
  [{ port: 70000 }, "'port' of profile 'shop', target 'dev' is 70000, which is no port"],
  [{ port: -1 }, "'port' of profile 'shop', target 'dev' is -1, which is no port"],
  [{ password: 123 }, "'password' of profile 'shop', target 'dev' must be text, not a whole number"],
  [{ retries: -1 }, "'retries' of profile 'shop', target 'dev' must not be negative"],
  [{ keepalives_idle: -1 }, "'keepalives_idle' of profile 'shop', target 'dev' must not be negative"],
  [{ connect_timeout: '10' }, "'connect_timeout' of profile 'shop', target 'dev' must be a whole number"],
  [{ sslmode: 'requird' }, "'sslmode' of profile 'shop', target 'dev' is 'requird'"],
  [{ sslmode: 'requird' }, "did you mean 'require'?"],
  [{ sslmode: 'on' }, 'the modes are disable, allow, prefer, require, verify-ca, verify-full'],
  [
    { sslmode: 'require', sslrootcert: 'system' },
    "'sslmode' of profile 'shop', target 'dev' is 'require', which is too weak for 'sslrootcert: system'",
  ],
  [{ database: 'other' }, "sets 'database' more than once: as 'database' and 'dbname'"],
])('%j', (changes, message) => {
  expect(told(changes).join('\n')).toContain(message);
  expect('errors' in read(changes)).toBe(true);
});

// What dbt accepts, too.
test.each<[Readonly<Record<string, unknown>>, string | null]>([
  [{ port: 0 }, null],
  [{ connect_timeout: -1 }, null],
  [{ sslmode: '', sslcert: '', sslkey: '', sslrootcert: '', role: '', search_path: '' }, null],
  [{ prot: 5432 }, "did you mean 'port'?"],
  [{ autocommit: true }, "'autocommit' of profile 'shop', target 'dev' has no effect"],
  [
    { sslcert: 'none.crt' },
    "'sslcert' of profile 'shop', target 'dev' has no effect: /work/none.crt does not",
  ],
  [{ sslrootcert: 'none.crt' }, "/work/none.crt does not exist; the server's certificate is not checked"],
  [{ sslrootcert: 'none.crt', sslmode: 'verify-full' }, null],
  [{ sslcert: 'none.crt', sslmode: 'disable' }, null],
])('%j is accepted', (changes, warning) => {
  expect('errors' in read(changes)).toBe(false);
  const warnings = told(changes).join('\n');
  if (warning === null) expect(warnings).toBe('');
  else expect(warnings).toContain(warning);
});

test.each<[unknown, number]>([
  [0, 0],
  [90, 90_000],
  ['250ms', 250],
  ['90s', 90_000],
  ['5 min', 300_000],
  ['2h', 7_200_000],
])('a timeout of %j', (value, ms) => {
  const { credentials } = accepted({ statement_timeout: value, lock_timeout: value });
  expect(timeoutMs(credentials.fields['statement_timeout'])).toBe(ms);
  expect(credentials.target).not.toHaveProperty('statement_timeout');
});

test.each([-1, 1.5, '5', 'soon', '5 minutes', '1000d', true])('%j is no timeout', (value) => {
  for (const name of ['statement_timeout', 'lock_timeout']) {
    const [text] = told({ [name]: value });
    expect(text).toContain(`'${name}' of profile 'shop'`);
    expect(text).toContain("'5min'");
  }
});
