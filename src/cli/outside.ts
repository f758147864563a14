import type { World } from '../core/world.ts';
import type { Api } from './api.ts';
import type { TextStream } from './log/reporter.ts';
import type { Resources } from './log/teller.ts';

export interface Screen extends TextStream {
  readonly isTTY: boolean;
  size(): { readonly columns: number; readonly rows: number };
}

/** The process around an invocation, so that tests can play it. Each `on...` returns what takes it back. */
export interface Outside {
  readonly argv: readonly string[];
  readonly pid: number;
  readonly stdout: Screen;
  readonly stderr: TextStream;
  readonly world: () => World;
  readonly loadApi: () => Promise<Api>;
  readonly resources: () => Resources;
  /** SIGINT or SIGTERM came. */
  onSignal(listener: (signal: string) => void): () => void;
  /** Nothing is left that could still happen, though the invocation has not ended. */
  onDrained(listener: () => void): () => void;
  /** Something was thrown where nobody waited for it. */
  onStray(listener: (thrown: unknown) => void): () => void;
  /** The process ends, however it comes; only synchronous work is left. */
  onExit(listener: () => void): () => void;
  /** Ends the process at once. */
  quit(code: number): void;
}
