export type FaultKind = 'fails' | 'cut' | 'lost' | 'killed' | 'killed-after';

export const faults: { seen: number; fired: number; at: number; kind: FaultKind };

/** Counts statements from one on, and breaks the one of that number; 0 for none. */
export function inject(kind: FaultKind, at: number): void;
