/** A plain scalar that has a type but no value: `=`, `<<` outside a mapping's keys, the 31st of February. */
export class PlainScalarError extends Error {}
