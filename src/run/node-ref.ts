import type { NodeOutcome, NodeRef } from '../core/event.ts';
import type { AnyNode } from '../manifest/node.ts';
import { isMicrobatch } from './microbatch-model.ts';
import type { RunResult } from './result.ts';

/** A node as events show it. */
export function nodeRef(node: AnyNode): NodeRef {
  const { config } = node;
  return {
    uniqueId: node.unique_id,
    name: node.name,
    resourceType: node.resource_type,
    materialized: typeof config.materialized === 'string' ? config.materialized : null,
    batched: isMicrobatch(node),
    path: node.original_file_path,
    relationName: 'relation_name' in node ? (node.relation_name as string | null) : null,
    database: 'database' in node ? (node.database as string | null) : null,
    schema: 'schema' in node ? (node.schema as string | null) : null,
    alias: 'alias' in node ? (node.alias as string) : null,
  };
}

/** A result as events show it. */
export function nodeOutcome(result: RunResult): NodeOutcome {
  const {
    status,
    message,
    failures,
    rowsAffected,
    executionTimeMs,
    diagnostic,
    compiledPath,
    skippedBecause,
  } = result;
  return {
    status,
    message,
    failures,
    rowsAffected,
    executionTimeMs,
    diagnostic,
    compiledPath,
    skippedBecause,
  };
}
