import { add, divide, floorDivide, modulo, multiply, power, subtract } from './arithmetic.ts';
import type { BinaryOperator, ComparisonOperator } from './ast.ts';
import type { Budget } from './budget.ts';
import { compare, contains, equals } from './operations.ts';
import type { Value } from './values.ts';

/** A binary operator, within the limits on the size of its result. */
export function operate(operator: BinaryOperator, left: Value, right: Value, budget: Budget): Value {
  const result = apply(operator, left, right, budget);
  if (typeof result !== 'number') checkSize(result, budget);
  return result;
}

function apply(operator: BinaryOperator, left: Value, right: Value, budget: Budget): Value {
  switch (operator) {
    case '+':
      return add(left, right);
    case '-':
      return subtract(left, right);
    case '*':
      checkProduct(left, right, budget);
      return multiply(left, right);
    case '/':
      return divide(left, right);
    case '//':
      return floorDivide(left, right);
    case '%':
      return modulo(left, right);
    case '**':
      budget.checkDigits(digitsOf(left) * Math.abs(Number(typeof right === 'object' ? 0 : right)));
      return power(left, right);
  }
}

export function compareBy(operator: ComparisonOperator, left: Value, right: Value): boolean {
  switch (operator) {
    case '==':
      return equals(left, right);
    case '!=':
      return !equals(left, right);
    case 'in':
      return contains(right, left);
    case 'not in':
      return !contains(right, left);
    default:
      return compare(operator, left, right);
  }
}

/** Stops what grows by doubling while it is still small enough to hold. */
export function checkSize(value: Value, budget: Budget): void {
  if (typeof value === 'string') budget.checkText(value.length);
  else if (Array.isArray(value)) budget.checkItems(value.length);
}

function checkProduct(left: Value, right: Value, budget: Budget): void {
  if (typeof left === 'bigint' || typeof right === 'bigint')
    budget.checkDigits(digitsOf(left) + digitsOf(right));
  else if (Array.isArray(left)) budget.checkItems(left.length * timesOf(right));
  else if (Array.isArray(right)) budget.checkItems(right.length * timesOf(left));
  else if (typeof left === 'string') budget.checkText(left.length * timesOf(right));
  else if (typeof right === 'string') budget.checkText(right.length * timesOf(left));
}

const timesOf = (value: Value): number =>
  typeof value === 'number' || typeof value === 'bigint' ? Number(value) : 0;

/** About how many decimal digits an int has; 0 for other values, whose arithmetic cannot grow. */
function digitsOf(value: Value): number {
  if (typeof value === 'bigint') return value.toString(16).length * 1.2;
  if (typeof value !== 'number' || !Number.isInteger(value)) return 0;
  return Math.abs(value) <= 1 ? 0 : Math.log10(Math.abs(value));
}
