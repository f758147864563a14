import { raise } from './py-error.ts';

/** What one evaluation may use up before it is stopped; a template is a program and may not end by itself. */
export interface Limits {
  /** Statements, loop rounds and calls. */
  readonly steps: number;
  /** UTF-16 code units written by all output together, captured blocks included. */
  readonly outputLength: number;
  /** Macros, call blocks and recursive loops inside one another. */
  readonly nesting: number;
  /** Items of one `range()`. */
  readonly rangeLength: number;
  /** Items of one list. */
  readonly listLength: number;
  /** UTF-16 code units of one text. */
  readonly textLength: number;
}

/** Far above what any known project needs. The range limit is that of Jinja2's sandbox, which dbt uses. */
export const defaultLimits: Limits = {
  steps: 50_000_000,
  outputLength: 256_000_000,
  nesting: 200,
  rangeLength: 100_000,
  listLength: 10_000_000,
  textLength: 64_000_000,
};

const longestNumber = 100_000;

/** Counts down the limits of one evaluation; every method raises a BudgetError once its limit is passed. */
export class Budget {
  readonly limits: Limits;
  #steps: number;
  #output: number;
  #depth = 0;

  constructor(limits: Limits = defaultLimits) {
    this.limits = limits;
    this.#steps = limits.steps;
    this.#output = limits.outputLength;
  }

  step(): void {
    this.#steps -= 1;
    if (this.#steps < 0) {
      raise('BudgetError', `the template was stopped after ${this.limits.steps} steps: it seems not to end`);
    }
  }

  write(length: number): void {
    this.#output -= length;
    if (this.#output < 0) {
      raise('BudgetError', `the template was stopped after writing ${this.limits.outputLength} characters`);
    }
  }

  checkText(length: number): void {
    if (length > this.limits.textLength) {
      raise('BudgetError', `a text may not be longer than ${this.limits.textLength} characters`);
    }
  }

  checkItems(length: number): void {
    if (length > this.limits.listLength) {
      raise('BudgetError', `a list may not be longer than ${this.limits.listLength} items`);
    }
  }

  /** `digits` may be an estimate. The limit is far above the 4,300 digits that Python prints. */
  checkDigits(digits: number): void {
    if (digits > longestNumber)
      raise('BudgetError', `a number may not have more than ${longestNumber} digits`);
  }

  /** Every `enter` needs its `leave`, also when the call between them fails. */
  enter(name: string): void {
    if (this.#depth >= this.limits.nesting) {
      raise(
        'RecursionError',
        `calls are nested more than ${this.limits.nesting} deep, the last one being '${name}'`,
      );
    }
    this.#depth += 1;
  }

  leave(): void {
    this.#depth -= 1;
  }
}
