import type { Keypath } from './render-tree.ts';

/** Keys whose texts are templates of the run, or are rendered where they are used. */
const lateKeys = new Set<unknown>(['on-run-start', 'on-run-end', 'query-comment', 'vars']);
const nodeSections = new Set<unknown>(['seeds', 'models', 'snapshots', 'tests', 'data_tests']);
const hookKeys = new Set<unknown>(['pre-hook', 'post-hook', 'pre_hook', 'post_hook']);

/** Whether a text of a project file stays as it is written when the file is read. dbt's rule, by its keys. */
export function isLateRendered(path: Keypath): boolean {
  if (lateKeys.has(path[0])) return true;
  return nodeSections.has(path[0]) && path.some((key) => hookKeys.has(String(key).replace(/^[+ ]+/, '')));
}
