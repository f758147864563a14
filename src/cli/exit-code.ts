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

/** What `--exit-codes detailed` tells apart beyond them. */
export const detailedExitCodes = {
  /** Tests failed, and nothing else did. */
  testsFailed: 3,
  /** As shells count: 128 and the signal's number. */
  SIGINT: 130,
  SIGTERM: 143,
} as const;

export type ExitCode =
  | (typeof exitCodes)[keyof typeof exitCodes]
  | (typeof detailedExitCodes)[keyof typeof detailedExitCodes];

/** The only place where an outcome becomes an exit code; what was thrown is always `couldNotRun`. */
export function exitCode(outcome: Outcome, detailed: boolean): ExitCode {
  if (outcome.interrupted === true) return exitCodes.couldNotRun;
  if (outcome.success === true) return exitCodes.success;
  return detailed && onlyTestsFailed(outcome) ? detailedExitCodes.testsFailed : exitCodes.failures;
}

/** What a failed test keeps from being built is `skipped`. */
function onlyTestsFailed({ results = [] }: Outcome): boolean {
  const broken = results.filter(({ status }) => !untroubled.has(status));
  return broken.length > 0 && broken.every(({ status }) => status === 'fail');
}

const untroubled: ReadonlySet<string> = new Set(['success', 'pass', 'warn', 'no-op', 'skipped']);

/** The exit code of an invocation that a signal ended. */
export function signalExitCode(signal: string, detailed: boolean): ExitCode {
  if (!detailed) return exitCodes.couldNotRun;
  return signal === 'SIGTERM' ? detailedExitCodes.SIGTERM : detailedExitCodes.SIGINT;
}
