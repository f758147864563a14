/** Every statement is broken; else every so-many-th, from a start that changes with the day. */
export const isFull = process.env['SLUICE_FAULTS'] === 'all';

/** Printed by what uses it, so that a run can be repeated. */
export const seed = Number(process.env['SLUICE_FAULT_SEED'] ?? Math.floor(Date.now() / 86_400_000));
