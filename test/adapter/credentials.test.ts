import { expect, test } from 'vitest';
import { readCredentialFields, reveal } from '../../src/adapter/credentials.ts';
import type { CredentialField } from '../../src/adapter/facts.ts';
import { formatDiagnostic } from '../../src/core/diagnostic.ts';
import { Secret } from '../../src/core/secret.ts';

const field = (
  name: string,
  type: CredentialField['type'],
  more: Partial<CredentialField> = {},
): CredentialField => ({
  name,
  type,
  aliases: [],
  required: false,
  secret: false,
  inTarget: true,
  inDebug: true,
  ...more,
});
const fields = [
  field('host', 'string', { required: true }),
  field('database', 'string', { aliases: ['dbname'] }),
  field('port', 'integer'),
  field('password', 'string', { aliases: ['pass'], secret: true }),
  field('keys', 'list', { secret: true }),
  field('ssl', 'boolean'),
  field('search', 'mapping'),
];
const context = { workingDirectory: '/w', profileName: 'shop', targetName: 'dev' };
const read = (output: Record<string, unknown>) => readCredentialFields(fields, output, context);

test('aliases count as their field and null counts as absent', () => {
  const { values, errors, warnings, threads } = read({ type: 'x', host: 'h', dbname: 'd', port: null });
  expect({ values, errors, warnings, threads }).toEqual({
    values: { host: 'h', database: 'd' },
    errors: [],
    warnings: [],
    threads: 1,
  });
});

test('every mistake is told at once', () => {
  const { errors } = read({ port: '5432', ssl: 'yes', database: 'a', dbname: 'b', threads: 2.5 });
  expect(errors.map(formatDiagnostic)).toEqual([
    "error[credential-missing] profile 'shop', target 'dev' has no 'host'",
    "error[credential-duplicate] profile 'shop', target 'dev' sets 'database' more than once: as 'database' and 'dbname'",
    [
      "error[credential-type] 'port' of profile 'shop', target 'dev' must be a whole number, not text",
      '  hint: write it without quotes, or as "{{ env_var(\'NAME\') | as_number }}"',
    ].join('\n'),
    "error[credential-type] 'ssl' of profile 'shop', target 'dev' must be true or false, not text",
    "error[credential-type] 'threads' of profile 'shop', target 'dev' must be a whole number, not a fraction",
  ]);
});

test('an unknown key is a warning that names the nearest known one', () => {
  const { warnings, errors } = read({ host: 'h', databse: 'd' });
  expect(errors).toEqual([]);
  expect(warnings.map(formatDiagnostic)).toEqual([
    "warning[credential-unknown] profile 'shop', target 'dev' has a key 'databse' that means nothing here\n  hint: did you mean 'database'?",
  ]);
});

test('secret fields are hidden however deep, and given back to the driver only', () => {
  const { values } = read({ host: 'h', pass: 'hunter22', keys: [{ id: 'abcd', port: 1 }] });
  expect(JSON.stringify(values)).toBe('{"host":"h","password":"*****","keys":[{"id":"*****","port":1}]}');
  expect(reveal(values)).toEqual({ host: 'h', password: 'hunter22', keys: [{ id: 'abcd', port: 1 }] });
});

test('a secret from the environment is text', () => {
  const { values, errors } = read({ host: new Secret('db.internal') });
  expect(errors).toEqual([]);
  expect(String(values['host'])).toBe('*****');
});
