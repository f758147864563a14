import { type Diagnostic, error } from '../core/diagnostic.ts';
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

export function conflictingFlags(first: string, second: string): Diagnostic {
  return usage('conflicting-flags', `${first} and ${second} cannot be used together`);
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

export function didNotFinish(command: string): Diagnostic {
  return error({
    code: 'run-did-not-finish',
    family: 'Runtime Error',
    message: `'${command}' did not finish: nothing is left to wait for, and no outcome was declared`,
    hint: 'a connection was probably lost without an answer; nothing may be taken as done',
  });
}
