import type { Outcome } from './api.ts';

/** dbt's exit codes. */
export const exitCodes = {
  /** All well. */
  success: 0,
  /** Failures that were handled: artifacts are written. */
  failures: 1,
  /** Nothing could run, it was interrupted, or it never declared how it ended. */
  couldNotRun: 2,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The only place where an outcome becomes an exit code; what was thrown is always `couldNotRun`. */
export function exitCode(outcome: Outcome): ExitCode {
  if (outcome.interrupted === true) return exitCodes.couldNotRun;
  return outcome.success === true ? exitCodes.success : exitCodes.failures;
}
