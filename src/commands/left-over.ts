import { join } from 'node:path';
import { type FormerResults, readFormerResults } from '../artifacts/former-results.ts';
import { DiagnosticError } from '../core/diagnostic.ts';
import type { Interval } from '../intervals/interval.ts';
import { batchItemId } from '../intervals/work-item.ts';
import type { UniqueId } from '../manifest/node.ts';
import { isRecord, type PlainRecord } from '../manifest/record.ts';
import { type Journal, lastChanges, readJournal } from '../run/journal/journal-lines.ts';
import { isLive } from '../run/journal/live-process.ts';
import { runFolders } from '../run/journal/run-folders.ts';
import { runStillGoing } from './state-errors.ts';

/** What a former run was asked for, and what of it is not done. */
export interface LeftOver {
  /** As `args.which` has it: `run`, `generate`. */
  readonly command: string;
  /** Settings under dbt's names. */
  readonly args: PlainRecord;
  readonly vars: PlainRecord;
  /** The run's frozen time, in milliseconds since 1970 UTC. */
  readonly startedAt: number;
  /** Nodes that failed, were skipped or cancelled, or never began; of `run-operation` the macro. */
  readonly ids: ReadonlySet<UniqueId>;
  /** How many nodes the run was about. */
  readonly total: number;
  /** Batches that are not done, of models that have some that are. */
  readonly batches: ReadonlyMap<UniqueId, readonly Interval[]>;
}

/** dbt's statuses of what is worked again. */
const undone: ReadonlySet<unknown> = new Set([
  'error',
  'fail',
  'skipped',
  'runtime error',
  'partial success',
]);

/** Commands that look at a project only: where all went well, what ran before them is meant. */
const looking: ReadonlySet<string> = new Set(['compile', 'generate', 'docs generate']);

/**
 * What the last run of the folder left over: by its journal, which also knows of what was killed, or by
 * `run_results.json` where another program wrote that last. With `warnings`, tests that warned count as failed. Null
 * where there was no run. Throws `run-still-going`, and what reading the artifact throws.
 */
export async function leftOver(
  targetDirectory: string,
  { warnings }: { readonly warnings: boolean },
): Promise<LeftOver | null> {
  const isUndone = (status: unknown): boolean => undone.has(status) || (warnings && status === 'warn');
  const results = await readFormerResults(join(targetDirectory, 'run_results.json'));
  const invocation = results?.metadata['invocation_id'];
  let isOurs = results === null;
  let found: LeftOver | null = null;
  let writtenAt = 0;
  for (const folder of await runFolders(join(targetDirectory, 'runs'))) {
    if (folder.name === invocation) isOurs = true;
    if (found !== null) continue;
    const journal = await readJournal(folder.journalPath);
    if (journal === null) continue;
    if (await isLive(journal)) throw new DiagnosticError(runStillGoing(journal.header.command));
    const left = ofJournal(journal, isUndone);
    if (looking.has(left.command) && left.ids.size === 0) continue;
    found = left;
    writtenAt = folder.writtenAt;
  }
  if (isOurs || results === null) return found;
  return found === null || timeOf(results.metadata['generated_at']) > writtenAt
    ? ofResults(results, isUndone)
    : found;
}

function ofJournal(journal: Journal, isUndone: (status: unknown) => boolean): LeftOver {
  const { command, args, vars, startedAt, planned } = journal.header;
  const changes = lastChanges(journal);
  const isDone = (item: string): boolean => {
    const change = changes.get(item);
    return change?.state === 'done' && !isUndone(change.status);
  };
  const ids = planned.filter((id) => !isDone(id));
  const batches = ids.flatMap((id): [UniqueId, readonly Interval[]][] => {
    const { batches: all = [], isRest = false } = journal.batches.get(id) ?? {};
    const left = all.filter((batch) => !isDone(batchItemId(id, batch)));
    return left.length > 0 && (isRest || left.length < all.length) ? [[id, left]] : [];
  });
  const which = typeof args['which'] === 'string' ? args['which'] : command;
  return {
    command: which,
    args,
    vars,
    startedAt,
    ids: new Set(ids),
    total: planned.length,
    batches: new Map(batches),
  };
}

function ofResults(
  { results, args, metadata }: FormerResults,
  isUndone: (status: unknown) => boolean,
): LeftOver {
  const command = String(args['which'] ?? '');
  const isOperation = (id: UniqueId): boolean => id.startsWith('operation.') && command !== 'run-operation';
  const left = results.filter(({ unique_id: id, status }) => isUndone(status) && !isOperation(id));
  const batches = left.flatMap(
    ({ unique_id: id, batch_results: told }): [UniqueId, readonly Interval[]][] => {
      if (!isRecord(told)) return [];
      const [successful, failed] = [intervals(told['successful']), intervals(told['failed'])];
      return successful.length > 0 && failed.length > 0 ? [[id, failed]] : [];
    },
  );
  return {
    command,
    args,
    vars: isRecord(args['vars']) ? args['vars'] : {},
    startedAt: timeOf(metadata['invocation_started_at'] ?? metadata['generated_at']),
    ids: new Set(left.map(({ unique_id: id }) => id)),
    total: results.length,
    batches: new Map(batches),
  };
}

function intervals(list: unknown): readonly Interval[] {
  if (!Array.isArray(list)) return [];
  return list.flatMap((pair: unknown) =>
    Array.isArray(pair) ? [{ start: timeOf(pair[0]), end: timeOf(pair[1]) }] : [],
  );
}

const timeOf = (text: unknown): number => Date.parse(String(text));
