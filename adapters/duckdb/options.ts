import { isMapping, typeName } from '../../src/adapter/credentials.ts';

type Values = Readonly<Record<string, unknown>>;

/** Takes one mistake in a key of the output. */
export type Report = (name: string, problem: string, hint?: string | null) => void;

/** Checks what stands inside the mappings and lists of an output, as dbt-duckdb's own classes do. */
export function checkOptions(values: Values, report: Report): void {
  for (const extension of list(values['extensions'])) checkExtension(extension, report);
  for (const secret of list(values['secrets'])) checkSecret(secret, report);
  for (const attachment of list(values['attach'])) checkAttachment(attachment, report);
  checkRetries(values['retries'], report);
  for (const name of ['settings', 'config_options']) {
    for (const key of Object.keys(isMapping(values[name]) ? values[name] : {})) {
      if (!/^\w+$/.test(key)) report(name, `has a key that names no setting: '${key}'`);
    }
  }
  const provider = values['use_credential_provider'];
  if (typeof provider === 'string' && provider !== '' && provider !== 'aws') {
    report(
      'use_credential_provider',
      `is '${provider}'; only 'aws' is known`,
      "list the credentials in 'secrets'",
    );
  }
  const token = values['motherduck_token'];
  const settings = isMapping(values['settings']) ? values['settings'] : {};
  if (typeof token === 'string' && (settings['motherduck_token'] ?? token) !== token) {
    report('motherduck_token', 'and settings.motherduck_token are different', 'set it in one place');
  }
}

function checkExtension(extension: unknown, report: Report): void {
  if (typeof extension === 'string') return;
  if (!isMapping(extension)) {
    report('extensions', `must list names or mappings with 'name' and 'repo', not ${typeName(extension)}`);
    return;
  }
  checkKeys('extensions', extension, { name: 'string', repo: 'string' }, ['name', 'repo'], report);
}

function checkSecret(secret: unknown, report: Report): void {
  if (!isMapping(secret)) report('secrets', `must list mappings, not ${typeName(secret)}`);
  else if (typeof secret['type'] !== 'string') report('secrets', "has an entry without a 'type'");
  else {
    for (const key of Object.keys(secret)) {
      if (!/^\w+$/.test(key)) report('secrets', `has a key that names no parameter: '${key}'`);
    }
  }
}

function checkAttachment(attachment: unknown, report: Report): void {
  if (!isMapping(attachment)) {
    report('attach', `must list mappings, not ${typeName(attachment)}`);
    return;
  }
  checkKeys('attach', attachment, attachmentKeys, ['path'], report);
  const options = isMapping(attachment['options']) ? attachment['options'] : {};
  for (const key of ['type', 'secret', 'read_only']) {
    if (attachment[key] && Object.hasOwn(options, key)) {
      report(
        'attach',
        `sets '${key}' of '${attachment['path']}' beside and inside 'options'`,
        'set it in one place',
      );
    }
  }
}

function checkRetries(retries: unknown, report: Report): void {
  if (!isMapping(retries)) return;
  checkKeys('retries', retries, retryKeys, [], report);
  if (list(retries['retryable_exceptions']).some((name) => typeof name !== 'string')) {
    report('retries', "must list texts in 'retryable_exceptions'");
  }
}

const attachmentKeys = {
  path: 'string',
  type: 'string',
  alias: 'string',
  secret: 'string',
  read_only: 'boolean',
  options: 'object',
  is_ducklake: 'boolean',
} as const;

const retryKeys = {
  connect_attempts: 'number',
  query_attempts: 'number',
  retryable_exceptions: 'object',
} as const;

/** dbt refuses unknown keys here, other than on the output itself. */
function checkKeys(
  field: string,
  value: Values,
  types: Readonly<Record<string, 'string' | 'boolean' | 'number' | 'object'>>,
  required: readonly string[],
  report: Report,
): void {
  for (const key of required) {
    if (value[key] === undefined || value[key] === null) report(field, `has an entry without '${key}'`);
  }
  for (const [key, inner] of Object.entries(value)) {
    const type = Object.hasOwn(types, key) ? types[key] : undefined;
    if (type === undefined) {
      report(field, `has an unknown key '${key}'`, `known are ${Object.keys(types).join(', ')}`);
    } else if (inner !== null && typeof inner !== type) {
      report(field, `has ${typeName(inner)} for '${key}'`);
    }
  }
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
