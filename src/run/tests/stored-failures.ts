import type { TestNode } from '../../manifest/node.ts';
import type { RunServices } from '../services.ts';

/** How the rows that a test finds are kept: its configuration, else the flag; null where they are not. */
export function storedAs({ storeFailures }: RunServices, { config }: TestNode): 'table' | 'view' | null {
  const as = config['store_failures_as'];
  if (as === 'table' || as === 'view') return as;
  if (as === 'ephemeral') return null;
  const configured = config['store_failures'];
  const store = typeof configured === 'boolean' ? configured : storeFailures;
  return store === true ? 'table' : null;
}
