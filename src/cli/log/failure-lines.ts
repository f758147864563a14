import { type Diagnostic, DiagnosticError, type Family } from '../../core/diagnostic.ts';
import { type LogLine, logLine } from './log-line.ts';
import { encountered } from './summary-lines.ts';

/** Names of dbt's exception classes, by which orchestrators tell errors apart. */
const exceptionTypes: Readonly<Record<Family, string>> = {
  'Compilation Error': 'CompilationError',
  'Parsing Error': 'ParsingError',
  'Database Error': 'DbtDatabaseError',
  'Runtime Error': 'DbtRuntimeError',
  'Dependency Error': 'DependencyError',
  'Validation Error': 'DbtValidationError',
  'Env Var Missing': 'EnvVarMissingError',
  'FailFast Error': 'FailFastError',
  'Usage Error': 'DbtUsageException',
};

/** What ends an invocation: the user's mistakes as diagnostics, anything else as a bug of ours. */
export function failureLines(thrown: unknown): readonly LogLine[] {
  return thrown instanceof DiagnosticError ? [diagnosticsLine(thrown.diagnostics)] : bugLines(thrown);
}

/** All diagnostics of one failure as dbt's `MainEncounteredError`. */
export function diagnosticsLine(diagnostics: readonly Diagnostic[]): LogLine {
  const family = diagnostics[0]?.family ?? 'Runtime Error';
  return mainError(encountered(diagnostics), exceptionTypes[family], {
    codes: diagnostics.map((diagnostic) => diagnostic.code),
  });
}

/** One line for everyone; the stack only at debug level, which the log file has. */
function bugLines(thrown: unknown): readonly LogLine[] {
  const isError = thrown instanceof Error;
  const message = isError ? `${thrown.name}: ${thrown.message}` : String(thrown);
  const text = `Internal Error\n  ${message}\n  This is a bug of sluice. Please report it with what --debug shows, or with logs/dbt.log.`;
  const stack = isError ? stackOf(thrown) : message;
  return [
    mainError(text, isError ? thrown.name : 'Error', {}),
    logLine('MainStackTrace', { msg: stack, level: 'debug', data: { stack_trace: stack } }),
  ];
}

function stackOf(error: Error): string {
  const cause = error.cause instanceof Error ? `\ncaused by ${stackOf(error.cause)}` : '';
  return `${error.stack ?? error.message}${cause}`;
}

function mainError(exc: string, exc_type: string, more: object): LogLine {
  return logLine('MainEncounteredError', {
    msg: `Encountered an error:\n${exc}`,
    data: { exc, exc_type, ...more },
    accent: null,
  });
}
