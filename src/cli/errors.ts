import { type Diagnostic, error, warning } from '../core/diagnostic.ts';
import { didYouMean } from '../core/nearest.ts';

const usage = (code: string, message: string, hint: string | null = null): Diagnostic =>
  error({ code, family: 'Usage Error', message, hint });

export function unknownCommand(name: string, known: readonly string[]): Diagnostic {
  return usage(
    'unknown-command',
    `there is no command '${name}'`,
    didYouMean(name, known) ?? 'see `sluice --help` for the commands',
  );
}

export function commandNotYet(name: string): Diagnostic {
  return usage('command-not-supported', `dbt's command '${name}' is not supported yet`);
}

export function unknownFlag(flag: string, command: string | null, known: readonly string[]): Diagnostic {
  const scope = command === null ? '' : ` of '${command}'`;
  const help = command === null ? 'sluice --help' : `sluice ${command} --help`;
  return usage(
    'unknown-flag',
    `there is no flag '${flag}'${scope}`,
    didYouMean(flag, known) ?? `see \`${help}\``,
  );
}

export function flagNotYet(flag: string, instead: string | null): Diagnostic {
  return usage('flag-not-supported', `dbt's ${flag} is not supported yet`, instead);
}

export function flagNeedsValue(flag: string): Diagnostic {
  return usage('flag-needs-value', `${flag} needs a value`);
}

/** `origin` is the flag or the variable that the value came with; `expected` completes "must be". */
export function wrongValue(
  origin: string,
  value: string,
  expected: string,
  hint: string | null = null,
): Diagnostic {
  return usage('wrong-flag-value', `the value '${value}' of ${origin} must be ${expected}`, hint);
}

export function unexpectedArgument(value: string, command: string): Diagnostic {
  return usage(
    'unexpected-argument',
    `'${command}' takes no argument '${value}'`,
    'names of nodes follow --select',
  );
}

export function shellUnknown(shell: string | null, known: readonly string[]): Diagnostic {
  return usage(
    'shell-unknown',
    shell === null ? 'completion needs the name of a shell' : `there is no completion for '${shell}'`,
    (shell === null ? null : didYouMean(shell, known)) ?? `one of ${known.join(', ')}`,
  );
}

/** The names are those of `warn_error_options`, which may come from the command line or the project. */
export function unknownWarning(name: string, known: readonly string[]): Diagnostic {
  return usage(
    'unknown-warning',
    `warn_error_options: there is no warning '${name}'`,
    didYouMean(name, known),
  );
}

export function warnWithoutError(): Diagnostic {
  return usage(
    'warn-without-error',
    "warn_error_options: 'warn' makes exceptions, and there is nothing that it could except from",
    "it needs error: all, or Deprecations in 'error' or 'silence'",
  );
}

export function bothSpellings(name: string, old: string): Diagnostic {
  return usage(
    'conflicting-flags',
    `warn_error_options: '${name}' and '${old}' cannot both be given`,
    `'${old}' is the old name of '${name}'`,
  );
}

/** `old` are the old names that are used, of `include` and `exclude`. */
export function optionsRenamed(old: readonly string[]): Diagnostic {
  const names: Readonly<Record<string, string>> = { include: 'error', exclude: 'warn' };
  return warning({
    code: 'warn-error-options-renamed',
    message: `warn_error_options: ${old.map((name) => `'${name}' is now called '${names[name]}'`).join(', ')}`,
    event: 'WEOIncludeExcludeDeprecation',
    data: { found_include: old.includes('include'), found_exclude: old.includes('exclude') },
  });
}

export function selectRenamed(flag: string): Diagnostic {
  return warning({
    code: 'flag-renamed',
    message: `${flag} is now called --select, in short -s`,
    event: 'ModelParamUsageDeprecation',
  });
}

export function oldVariable(old: string, name: string): Diagnostic {
  return warning({
    code: 'variable-renamed',
    message: `the variable ${old} is now called ${name}; its value is used until you unset it`,
    event: 'EnvironmentVariableRenamed',
    data: { old_name: old, new_name: name },
  });
}

export function reservedVariable(name: string): Diagnostic {
  return warning({
    code: 'variable-reserved',
    message: `the variable ${name} is no setting of dbt's, which keeps names with DBT_ENGINE to itself`,
    hint: 'give it another name',
    event: 'EnvironmentVariableNamespaceDeprecation',
    data: { env_var: name, reserved_prefix: 'DBT_ENGINE' },
  });
}

export function conflictingFlags(first: string, second: string): Diagnostic {
  return usage('conflicting-flags', `${first} and ${second} cannot be used together`);
}

export function allowEnvAlone(): Diagnostic {
  return usage('allow-env-alone', '--allow-env says nothing without --restricted: all variables may be read');
}

/** `given` is a value of --report. */
export function reportInvalid(given: string, problem: string, hint: string | null): Diagnostic {
  return usage('report-invalid', `--report ${given}: ${problem}`, hint);
}

export function reportNotWritable(path: string, reason: string): Diagnostic {
  return error({
    code: 'report-not-writable',
    family: 'Runtime Error',
    message: `cannot write the report ${path}: ${reason}`,
    hint: 'nothing was begun: choose another file, or make its folder writable',
  });
}

export function reportNotWritten(path: string, reason: string): Diagnostic {
  return error({
    code: 'report-not-written',
    family: 'Runtime Error',
    message: `the report ${path} was not written: ${reason}`,
    hint: 'the command itself ended as it says above',
  });
}

export function wrongNow(value: string): Diagnostic {
  return usage(
    'wrong-clock',
    `SLUICE_NOW is '${value}', which is no ISO 8601 time`,
    'for example 2026-01-31T06:00:00Z',
  );
}

export function logNotWritten(path: string, reason: string): Diagnostic {
  return { ...usage('log-not-written', `cannot write the log ${path}: ${reason}`), severity: 'warning' };
}

export function profileNotWritten(path: string, reason: string): Diagnostic {
  return {
    ...usage('profile-not-written', `cannot write the CPU profile ${path}: ${reason}`),
    severity: 'warning',
  };
}

export function didNotFinish(command: string): Diagnostic {
  return error({
    code: 'run-did-not-finish',
    family: 'Runtime Error',
    message: `'${command}' did not finish: nothing is left to wait for, and no outcome was declared`,
    hint: 'a connection was probably lost without an answer; nothing may be taken as done',
  });
}
