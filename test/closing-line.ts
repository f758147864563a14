import type { Reporter, TestModule } from 'vitest/node';

/**
 * Ends the output of a run with one line that machines read: `N passed, N failed`. The exit code is said once more:
 * the test server's package ends the process with 0, whatever the tests found.
 */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
    let broken = unhandled.length;
    for (const module of modules) {
      if (module.errors().length > 0) broken += 1;
      for (const test of module.children.allTests()) counts[test.result().state] += 1;
    }
    const skipped = counts.skipped + counts.pending;
    const failed = counts.failed + broken;
    process.on('exit', () => {
      if (failed > 0) process.exitCode = 1;
      console.log(`${counts.passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
    });
  }
}
