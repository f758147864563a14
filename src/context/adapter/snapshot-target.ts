import { dictGet } from '../../jinja/dict.ts';
import { str } from '../../jinja/text.ts';
import { isDict, type Value } from '../../jinja/values.ts';
import { raiseDiagnostic, raisedByTemplate } from '../errors.ts';

/** Columns that every snapshot has; dbt_updated_at is not among them, as old ones lack it. */
const always = ['dbt_scd_id', 'dbt_valid_from', 'dbt_valid_to'] as const;

/**
 * Ends the node where a snapshot would be added to a table that is none. `renamed` is dbt's dictionary of the columns'
 * names, or none; `strategy` the dictionary of the strategy, or none where only the common columns are asked for.
 */
export function checkSnapshotTarget(present: readonly string[], renamed: Value, strategy: Value): void {
  const known = new Set(present.map((name) => name.toLowerCase()));
  const records = isDict(strategy) && dictGet(strategy, 'hard_deletes') === 'new_record';
  const wanted = [...always, ...(records ? ['dbt_is_deleted'] : [])].map((name) => {
    const given = isDict(renamed) ? (dictGet(renamed, name) ?? null) : null;
    return given === null ? name : str(given);
  });
  const missing = wanted.filter((name) => !known.has(name.toLowerCase()));
  if (missing.length === 0) return;
  const list = missing.map((name) => `"${name}"`).join(', ');
  raiseDiagnostic(
    raisedByTemplate(
      `Snapshot target is missing configured columns (missing ${list}): a table that is no snapshot stands in its place, or its columns were renamed`,
      'Compilation Error',
    ),
  );
}
