import { unitTestName } from '../compile/unit-tests/tested-node.ts';
import { fromPlain } from '../context/plain.ts';
import type { NodeOutcome, NodeRef } from '../core/event.ts';
import { str } from '../jinja/text.ts';
import type { AnyNode, NodeConfig } from '../manifest/node.ts';
import { isRecord } from '../manifest/record.ts';
import { isMicrobatch } from './microbatch/microbatch-model.ts';
import type { RunResult } from './result.ts';

/** A node as events show it: several tell of each. */
export function nodeRef(node: AnyNode): NodeRef {
  let ref = refs.get(node);
  if (ref === undefined) {
    ref = makeRef(node);
    refs.set(node, ref);
  }
  return ref;
}

const refs = new WeakMap<AnyNode, NodeRef>();

function makeRef(node: AnyNode): NodeRef {
  const { config } = node;
  return {
    uniqueId: node.unique_id,
    ...(node.resource_type === 'unit_test'
      ? { name: unitTestName(node), testedModel: node.model }
      : { name: node.name }),
    resourceType: node.resource_type,
    materialized: typeof config.materialized === 'string' ? config.materialized : null,
    batched: isMicrobatch(node),
    path: node.original_file_path,
    nodePath: node.path,
    checksum: 'checksum' in node ? checksumText(node.checksum) : '',
    meta: isRecord(config['meta']) ? config['meta'] : {},
    attachedNode: 'attached_node' in node ? ((node.attached_node as string | null) ?? null) : null,
    relationName: 'relation_name' in node ? (node.relation_name as string | null) : null,
    database: 'database' in node ? (node.database as string | null) : null,
    schema: 'schema' in node ? (node.schema as string | null) : null,
    alias: 'alias' in node ? (node.alias as string) : null,
    sourceName: node.resource_type === 'source' ? node.source_name : null,
    group: 'group' in node ? ((node.group as string | null | undefined) ?? null) : null,
  };
}

const checksumText = (checksum: unknown): string =>
  isRecord(checksum) ? String(checksum['checksum'] ?? '') : '';

/** A result as events show it. */
export function nodeOutcome(result: RunResult): NodeOutcome {
  const {
    status,
    message,
    failures,
    failingRows,
    rowsAffected,
    executionTimeMs,
    diagnostic,
    compiledPath,
    skippedBecause,
    response,
    timings,
  } = result;
  return {
    status,
    message,
    failures,
    failingRows,
    rowsAffected,
    executionTimeMs,
    diagnostic,
    compiledPath,
    skippedBecause,
    response,
    timings,
    difference: result.difference ?? null,
    config: result.node.resource_type === 'snapshot' ? configTexts(result.node.config) : null,
  };
}

/** As dbt's log has it: without what is not set, on any level. */
const configTexts = (config: NodeConfig): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(given(config)).map(([key, value]) => [key, str(fromPlain(value))]));

function given(record: object): Record<string, unknown> {
  const kept = Object.entries(record).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(
    kept.map(([key, value]) => [
      key,
      typeof value === 'object' && !Array.isArray(value) ? given(value as object) : value,
    ]),
  );
}
