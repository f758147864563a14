export interface LoggedEvent {
  readonly info: { readonly name: string; readonly code: string; readonly level: string };
  readonly data: Readonly<Record<string, unknown>>;
}

export function readEvents(output: string): readonly LoggedEvent[];

export function warningsOf(events: readonly LoggedEvent[]): readonly LoggedEvent[];

/** `folders`: those that dbt's and ours ran in. */
export function compareEvents(
  theirs: readonly LoggedEvent[],
  ours: readonly LoggedEvent[],
  folders: readonly [string, string],
): readonly string[];
