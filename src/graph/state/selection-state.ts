import { DiagnosticError } from '../../core/diagnostic.ts';
import type { AnyNode, UniqueId } from '../../manifest/node.ts';
import { selectionStateMissing } from '../errors.ts';
import type { Criterion } from '../selector.ts';

/**
 * What earlier runs left behind, for the methods that compare with it. Each answers with the ids that a value
 * selects (`modified.body`, `error`, `fresher`) and throws a DiagnosticError for a value that it does not know;
 * null where the artifacts that it needs were not given.
 */
export interface SelectionState {
  readonly state: ((value: string) => ReadonlySet<UniqueId>) | null;
  readonly result: ((status: string) => ReadonlySet<UniqueId>) | null;
  readonly sourceStatus: ((value: string) => ReadonlySet<UniqueId>) | null;
}

/** For commands that were given nothing to compare with. */
export const noSelectionState: SelectionState = { state: null, result: null, sourceStatus: null };

type StateMatcher = (
  criterion: Criterion,
  context: { readonly state: SelectionState },
) => (node: AnyNode) => boolean;

export const stateMatcher = comparing('state', (state) => state.state, 'the manifest of an earlier run');

export const resultMatcher = comparing(
  'result',
  (state) => state.result,
  'the run results of an earlier run',
);

export const sourceStatusMatcher = comparing(
  'source_status',
  (state) => state.sourceStatus,
  'the source freshness of an earlier run, and of this one,',
);

function comparing(
  method: string,
  lookup: (state: SelectionState) => ((value: string) => ReadonlySet<UniqueId>) | null,
  needs: string,
): StateMatcher {
  return ({ raw, value }, { state }) => {
    const answer = lookup(state);
    if (answer === null) throw new DiagnosticError(selectionStateMissing(raw, method, needs));
    const ids = answer(String(value));
    return (node) => ids.has(node.unique_id);
  };
}
