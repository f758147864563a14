import { type Diagnostic, error, warning } from '../core/diagnostic.ts';
import { didYouMean } from '../core/nearest.ts';
import type { Span } from '../core/span.ts';
import { typeName, type Value } from '../jinja/values.ts';

const family = 'Runtime Error';

/** No project where one was expected. */
export function projectFileMissing(path: string): Diagnostic {
  return error({
    code: 'project-file-missing',
    family,
    message: `No dbt_project.yml found at expected path ${path}`,
    hint: 'run it in the folder of a project, give --project-dir, or make a new project: sluice init',
  });
}

export function projectNotMapping(span: Span, file: string): Diagnostic {
  return error({
    code: 'project-not-mapping',
    family,
    message: `${file} is not a mapping of keys to values`,
    span,
  });
}

export function unknownProjectKey(span: Span, key: string, known: Iterable<string>): Diagnostic {
  const names = [...known];
  const hyphenated = key.replaceAll('_', '-');
  return error({
    code: 'project-key-unknown',
    family,
    message: `dbt_project.yml has no key '${key}'`,
    span,
    hint: names.includes(hyphenated)
      ? `did you mean '${hyphenated}'?`
      : (didYouMean(key, names) ?? 'settings of sluice stand in sluice.yml'),
  });
}

export function projectType(span: Span, key: string, expected: string, value: unknown): Diagnostic {
  return error({
    code: 'project-type',
    family,
    message: `'${key}' must be ${expected}, not ${shown(value)}`,
    span,
  });
}

export function projectNameMissing(span: Span): Diagnostic {
  return error({
    code: 'project-name-missing',
    family,
    message: 'the project has no name',
    span,
    hint: "add a line 'name: my_project'",
  });
}

/** `allowed` says what a name is made of; null where the name is one that templates use. */
export function projectNameInvalid(span: Span, name: string, allowed: string | null): Diagnostic {
  const suggestion = name.replace(/[^\p{L}\p{N}_]+/gu, '_').replace(/^(?=\d)/, '_');
  return error({
    code: 'project-name-invalid',
    family,
    message:
      allowed === null
        ? `a project cannot be named '${name}': templates use that name`
        : `a project cannot be named '${name}': a name is made of ${allowed}, and no digit comes first`,
    span,
    hint: allowed === null ? null : `for example '${suggestion}'`,
  });
}

export function configVersion(span: Span, value: unknown): Diagnostic {
  return error({
    code: 'project-config-version',
    family,
    message: `'config-version' must be 2, not ${shown(value)}`,
    span,
    hint: 'version 1 is from before dbt 0.17: configurations of models stood elsewhere then',
  });
}

export function bothProjectPaths(span: Span, old: string, key: string): Diagnostic {
  return error({
    code: 'project-paths-twice',
    family,
    message: `${old} and ${key} cannot both be defined`,
    span,
    hint: `${old} is the old name of ${key}: delete it`,
  });
}

const events: Readonly<Record<string, string>> = {
  'source-paths': 'ConfigSourcePathDeprecation',
  'data-paths': 'ConfigDataPathDeprecation',
  'log-path': 'ConfigLogPathDeprecation',
  'target-path': 'ConfigTargetPathDeprecation',
};

export function oldProjectPath(span: Span, old: string, key: string): Diagnostic {
  return warning({
    code: 'project-path-renamed',
    family,
    message: `'${old}' is now called '${key}'`,
    span,
    hint: `write ${key}`,
    event: events[old] ?? null,
    data: { deprecated_path: old, exp_path: key },
  });
}

export function projectPathDeprecated(span: Span, key: 'log-path' | 'target-path'): Diagnostic {
  return warning({
    code: 'project-path-deprecated',
    family,
    message: `'${key}' in dbt_project.yml is deprecated`,
    span,
    hint: `use --${key}, or the variable DBT_${key.replace('-', '_').toUpperCase()}`,
    event: events[key] ?? null,
    data: { deprecated_path: key },
  });
}

export function bothTestSections(tests: Span, dataTests: Span): Diagnostic {
  return error({
    code: 'project-tests-twice',
    family,
    message: "'tests' and 'data_tests' cannot both be defined",
    span: tests,
    related: [{ message: 'the other one', span: dataTests }],
    hint: "'tests' is the old name of 'data_tests': keep that one",
  });
}

export function versionBoundInvalid(span: Span, text: string): Diagnostic {
  return error({
    code: 'project-version-invalid',
    family,
    message: `"${text}" is not a valid semantic version`,
    span,
    hint: "give all three numbers: '>=1.3.0'; several bounds are a list, or stand with commas between them",
  });
}

export function wrongDbtVersion(
  span: Span,
  name: string,
  installed: string,
  bounds: readonly string[],
): Diagnostic {
  return error({
    code: 'project-dbt-version',
    family,
    message: `the package '${name}' needs a version of dbt that is ${bounds.join(' and ')}; this one works as ${installed}`,
    span,
    hint: 'take another version of the package, or run with --no-version-check',
  });
}

export function impossibleDbtVersion(span: Span, name: string, bounds: readonly string[]): Diagnostic {
  return error({
    code: 'project-dbt-version',
    family,
    message: `no version of dbt can be ${bounds.join(' and ')}, as the package '${name}' requires`,
    span,
    hint: 'correct require-dbt-version, or run with --no-version-check',
  });
}

export function unknownQuotingKey(span: Span, key: string, known: readonly string[]): Diagnostic {
  return error({
    code: 'project-key-unknown',
    family,
    message: `'quoting' has no key '${key}'`,
    span,
    hint: didYouMean(key, known) ?? `it has ${known.join(', ')}`,
  });
}

export function quotingType(span: Span, key: string, value: unknown): Diagnostic {
  return projectType(span, `quoting.${key}`, 'true or false', value);
}

export function dispatchInvalid(span: Span): Diagnostic {
  return error({
    code: 'project-dispatch-invalid',
    family,
    message: "an entry of 'dispatch' needs macro_namespace, a text, and search_order, a list",
    span,
  });
}

/** Path of the file, and the offset in bytes of the first one that is not UTF-8. `before` is the text up to it. */
export function notUtf8(file: string, offset: number, byte: number, before: string): Diagnostic {
  const shownByte = `0x${byte.toString(16).padStart(2, '0')}`;
  return error({
    code: 'file-not-utf8',
    family: 'Parsing Error',
    message: `${file} is not UTF-8: byte ${shownByte} at offset ${offset}`,
    span: { file, text: before, start: before.length, end: before.length + 1 },
    hint: 'save the file as UTF-8',
  });
}

export function linkOutside(path: string, target: string): Diagnostic {
  return error({
    code: 'link-outside',
    family: 'Parsing Error',
    message: `${path} is a link to ${target}, outside of its package`,
    hint: 'copy the file into the package',
  });
}

export function linkBroken(path: string): Diagnostic {
  return warning({
    code: 'link-broken',
    family: 'Parsing Error',
    message: `${path} is a link to nothing; it is passed over`,
  });
}

export function catalogsNotRead(): Diagnostic {
  return warning({
    code: 'catalogs-not-read',
    family: 'Runtime Error',
    message: 'catalogs.yml is not read: no adapter here writes to a catalog integration',
    hint: 'remove it, or attach the catalog in profiles.yml',
  });
}

export function varsNotMapping(text: string): Diagnostic {
  return error({
    code: 'vars-not-mapping',
    family: 'Usage Error',
    message: `the value of --vars is no mapping: '${text}'`,
    hint: `write it like --vars '{"name": "value"}'; YAML needs a space behind each colon`,
  });
}

/** A file that is read as settings, and holds something else. */
export function fileNotMapping(span: Span, file: string): Diagnostic {
  return error({
    code: 'file-not-mapping',
    family,
    message: `${file} is not a mapping of keys to values`,
    span,
  });
}

function shown(value: unknown): string {
  if (value === null) return 'nothing';
  if (typeof value === 'string') return value.length > 40 ? 'text' : `'${value}'`;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean')
    return String(value);
  if (Array.isArray(value)) return 'a list';
  const type = typeName(value as Value);
  return type === 'dict' ? 'a mapping' : `a ${type}`;
}
