import { isFloat, isIndex, isNumber, toNumber } from '../../jinja/numbers.ts';
import { raise } from '../../jinja/py-error.ts';
import { typeName, type Value } from '../../jinja/values.ts';

/** An argument that has to be an int. */
export function intOf(value: Value): number {
  if (isIndex(value)) return Number(value);
  if (isFloat(value)) raise('TypeError', "'float' object cannot be interpreted as an integer");
  return raise('TypeError', `'${typeName(value)}' object cannot be interpreted as an integer`);
}

/** An argument that may be any number; `what` names it in the error. */
export function numberOf(value: Value, what: string): number {
  if (isNumber(value)) return toNumber(value);
  return raise('TypeError', `unsupported type for ${what}: ${typeName(value)}`);
}
