import { type Diagnostic, error, warning } from '../../core/diagnostic.ts';
import { didYouMean } from '../../core/nearest.ts';
import type { Span } from '../../core/span.ts';
import { isRecord } from '../record.ts';
import { shown } from '../shown-value.ts';

export function configTypeMismatch(key: string, expected: string, value: unknown): Diagnostic {
  return error({
    code: 'config-type',
    family: 'Parsing Error',
    message: `config '${key}' must be ${expected}, not ${shown(value)}`,
  });
}

export function configChoice(key: string, value: unknown, choices: readonly string[]): Diagnostic {
  return error({
    code: 'config-value',
    family: 'Parsing Error',
    message: `config '${key}' cannot be ${shown(value)}: ${choices.length === 1 ? 'it is always' : 'it is one of'} ${choices.join(', ')}`,
    hint: typeof value === 'string' ? didYouMean(value, choices) : null,
  });
}

export function configRule(key: string, value: unknown, rule: string): Diagnostic {
  return error({
    code: 'config-value',
    family: 'Parsing Error',
    message: isRecord(value)
      ? `config '${key}': ${rule}`
      : `config '${key}' cannot be ${shown(value)}: ${rule}`,
  });
}

export function unusedConfigPaths(paths: readonly string[], span: Span | null): Diagnostic {
  const list = paths.map((path) => `- ${path}`).join('\n');
  return warning({
    code: 'unused-config-paths',
    message: `Configuration paths exist in your dbt_project.yml file which do not apply to any resources.\n${list}`,
    span,
    event: 'UnusedResourceConfigPath',
    data: { unused_config_paths: paths },
  });
}
