import type { Api } from './api.ts';
import type { TextStream } from './log/reporter.ts';
import type { Outside } from './outside.ts';
import { realWorld } from './world.ts';

/** The real process. Makes writing to a pipe that was closed (`sluice ls | head`) silent. */
export function processOutside(argv: readonly string[], loadApi: () => Promise<Api>): Outside {
  const { stdout, stderr } = process;
  return {
    argv,
    pid: process.pid,
    stdout: {
      ...quietWhenGone(stdout),
      isTTY: stdout.isTTY === true,
      size: () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 }),
    },
    stderr: quietWhenGone(stderr),
    world: realWorld,
    loadApi,
    resources: () => process.resourceUsage(),
    onSignal: (listener) => on(['SIGINT', 'SIGTERM'], listener),
    onDrained: (listener) => on(['beforeExit'], listener),
    onStray: (listener) => on(['uncaughtException', 'unhandledRejection'], listener),
    onExit: (listener) => on(['exit'], listener),
    quit: (code) => process.exit(code),
  };
}

function quietWhenGone(stream: NodeJS.WriteStream): TextStream {
  let gone = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    gone = true;
  });
  let held: string[] = [];
  const flush = (): void => {
    const text = held.join('');
    held = [];
    if (!gone && text !== '') stream.write(text);
  };
  process.on('exit', flush);
  return {
    write(text) {
      // What is told in one go is written in one go: a list has tens of thousands of lines.
      if (held.length === 0) queueMicrotask(flush);
      held.push(text);
    },
  };
}

function on<Value>(names: readonly string[], listener: (value: Value) => void): () => void {
  for (const name of names) process.on(name as 'exit', listener as () => void);
  return () => {
    for (const name of names) process.off(name, listener as () => void);
  };
}
