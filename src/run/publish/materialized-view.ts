import type { Relation } from '../../adapter/relation.ts';
import { DiagnosticError } from '../../core/diagnostic.ts';
import { dictGet } from '../../jinja/dict.ts';
import { truth } from '../../jinja/operations.ts';
import { isDict, type Value } from '../../jinja/values.ts';
import type { ModelNode, SnapshotNode } from '../../manifest/node.ts';
import { configurationChanged } from '../../plan/errors.ts';
import type { MaterializedViewChange } from '../../plan/plan-node.ts';
import type { NodeSession } from '../node-session.ts';
import type { RunServices } from '../services.ts';
import { fullRefreshOf } from './publish-node.ts';

/** What is to be done, and for `alter` what dbt's macro found, which the altering macro is given. */
export interface FoundChange {
  readonly change?: MaterializedViewChange;
  readonly changes?: Value;
}

/**
 * Compares the materialized view that stands at the destination with the model: its configuration by dbt's macro, its
 * query by the warehouse. What `on_configuration_change` forbids is an error, what it passes over a warning.
 */
export async function changeOf(
  services: RunServices,
  session: NodeSession,
  node: ModelNode | SnapshotNode,
  existing: Relation | null,
  sql: string,
): Promise<FoundChange> {
  if (node.config.materialized !== 'materialized_view' || existing?.type !== 'materialized_view') return {};
  if (fullRefreshOf(services, node)) return {};
  const relation = services.compile.relations.fromAdapter(existing);
  const changes = await session.call('materialized_view_changes', [relation]);
  const sameQuery = await session.session.hasQuery(existing, sql);
  if (sameQuery && changes === null) return { change: 'refresh' };
  const policy = node.config['on_configuration_change'];
  if (policy === 'fail' || policy === 'continue') {
    const changed = [...(sameQuery ? [] : ['the query']), ...(changes === null ? [] : ['the indexes'])];
    const diagnostic = configurationChanged(node, policy, changed.join(' and '));
    if (policy === 'fail') throw new DiagnosticError(diagnostic);
    services.compile.context.report(diagnostic);
    return { change: 'keep' };
  }
  return sameQuery && !needsRebuild(changes) ? { change: 'alter', changes } : { change: 'rebuild' };
}

function needsRebuild(changes: Value): boolean {
  return isDict(changes) && truth(dictGet(changes, 'requires_full_refresh') ?? null);
}
