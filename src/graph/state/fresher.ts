import type { UniqueId } from '../../manifest/node.ts';
import type { PlainRecord } from '../../manifest/record.ts';

type SourceResults = readonly (PlainRecord & { readonly unique_id: UniqueId })[];

/** Sources whose newest row is newer than it was, or that had none before; those that could not be asked are left out. */
export function fresherSources(present: SourceResults, former: SourceResults): ReadonlySet<UniqueId> {
  const before = new Map(former.map((result) => [result.unique_id, loadedAt(result)]));
  const out = new Set<UniqueId>();
  for (const result of present) {
    const now = loadedAt(result);
    if (now === null) continue;
    const known = before.get(result.unique_id);
    if (known === null || (known !== undefined && now <= known)) continue;
    out.add(result.unique_id);
  }
  return out;
}

/** Microseconds since 1970; null where the source gave no answer. */
function loadedAt({ max_loaded_at: at }: PlainRecord): bigint | null {
  const time = typeof at === 'string' ? Date.parse(at) : Number.NaN;
  if (Number.isNaN(time)) return null;
  // The clock of JavaScript ends at milliseconds; two loads of one batch may be closer.
  const beyond = /\.\d{3}(\d{1,3})/.exec(String(at))?.[1] ?? '';
  return BigInt(time) * 1000n + BigInt(beyond.padEnd(3, '0'));
}
