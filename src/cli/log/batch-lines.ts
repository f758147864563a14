import type { EventOf, NodeRef } from '../../core/event.ts';
import { type LogLine, logLine } from './log-line.ts';
import { fancyLine } from './node-lines.ts';

/** `Batch 1 of 3 START batch 2024-01-01 of main.events ... [RUN]`, and in logs whether others run meanwhile. */
export function batchStartLines(
  { node, batch, index, total, concurrent }: EventOf<'batch-started'>,
  info: Readonly<Record<string, unknown>>,
  width: number,
): readonly LogLine[] {
  const description = describeBatch(node, batch);
  const msg = `${description} ${concurrent ? 'may run beside others' : 'runs by itself'}`;
  return [
    logLine('MicrobatchExecutionDebug', { msg, data: { msg } }),
    logLine('LogStartBatch', {
      msg: `Batch ${fancyLine(index, total, `START ${description}`, 'RUN', null, width)}`,
      shown: 'live',
      data: { node_info: info, description, batch_index: index, total_batches: total },
    }),
  ];
}

const batchVerbs = {
  success: ['OK created', 'green', 'info'],
  error: ['ERROR creating', 'red', 'error'],
  skipped: ['SKIP', 'yellow', 'info'],
} as const;

export function batchResultLine(
  { node, batch, index, total, status, message, elapsedMs }: EventOf<'batch-finished'>,
  info: Readonly<Record<string, unknown>>,
  width: number,
): LogLine {
  const description = describeBatch(node, batch);
  const [verb, colour, level] = batchVerbs[status];
  const shown = status === 'success' ? message : status === 'error' ? 'ERROR' : 'SKIPPED';
  return logLine('LogBatchResult', {
    msg: `Batch ${fancyLine(index, total, `${verb} ${description}`, shown, elapsedMs, width)}`,
    level,
    accent: { text: shown, colour },
    data: {
      node_info: info,
      description,
      status: status === 'success' ? message : status,
      batch_index: index,
      total_batches: total,
      execution_time: elapsedMs / 1000,
    },
  });
}

const describeBatch = (node: NodeRef, batch: string): string =>
  `batch ${batch} of ${node.schema ?? ''}.${node.alias ?? node.name}`;
