import type { Frame } from './frame.ts';
import { type Ending, isRun, type Outcome, type Run } from './run.ts';

/** Runs statements with their output kept apart; `use` receives it. */
export function capture(frame: Frame, run: () => Outcome, use: (text: string) => Outcome): Outcome {
  const outer = open(frame);
  let outcome: Outcome;
  let text: string;
  try {
    outcome = run();
    text = frame.output;
  } finally {
    close(frame, outer);
  }
  return isRun(outcome) ? captureLater(frame, outcome, text, use) : use(text);
}

/** The rest of a capture that has `text` already. */
function* captureLater(
  frame: Frame,
  waiting: Run<Ending>,
  text: string,
  use: (text: string) => Outcome,
): Run<Ending> {
  const outer = open(frame);
  let whole: string;
  try {
    frame.output = text;
    yield* waiting;
    whole = frame.output;
  } finally {
    close(frame, outer);
  }
  const outcome = use(whole);
  return isRun(outcome) ? yield* outcome : outcome;
}

type Outer = Pick<Frame, 'output' | 'sink'>;

function open(frame: Frame): Outer {
  const { output, sink } = frame;
  frame.output = '';
  frame.sink = null;
  return { output, sink };
}

function close(frame: Frame, outer: Outer): void {
  frame.output = outer.output;
  frame.sink = outer.sink;
}
