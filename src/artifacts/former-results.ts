import { DiagnosticError } from '../core/diagnostic.ts';
import type { UniqueId } from '../manifest/node.ts';
import { isRecord, type PlainRecord, recordOf } from '../manifest/record.ts';
import { artifactNotUnderstood } from './errors.ts';
import { readJsonIfThere } from './read.ts';

/** Results of an earlier run, of whatever version of dbt: the entries of `results`, and what the run was asked for. */
export interface FormerResults {
  readonly results: readonly (PlainRecord & { readonly unique_id: UniqueId })[];
  readonly args: PlainRecord;
  readonly metadata: PlainRecord;
}

/**
 * `run_results.json`, or `sources.json`, whose results have the same frame. Null where there is no such file. Throws
 * `artifact-not-read`, `artifact-not-understood`.
 */
export async function readFormerResults(path: string): Promise<FormerResults | null> {
  const read = await readJsonIfThere(path, 'results');
  if (read === undefined) return null;
  const refuse = (detail: string): never => {
    throw new DiagnosticError(artifactNotUnderstood(path, 'results', detail));
  };
  const list = isRecord(read) ? read['results'] : null;
  if (!isRecord(read) || !Array.isArray(list)) return refuse('it has no results');
  const results = list.map((one: unknown, index) => {
    const id = isRecord(one) ? one['unique_id'] : null;
    return typeof id === 'string'
      ? { ...(one as PlainRecord), unique_id: id }
      : refuse(`results[${index}] names no node`);
  });
  return { results, args: recordOf(read['args']), metadata: recordOf(read['metadata']) };
}
