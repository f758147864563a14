import type { Span } from '../core/span.ts';
import type { Expression, Place } from './ast.ts';
import type { Environment } from './environment.ts';
import type { TemplateFrame } from './errors.ts';
import type { Template } from './template.ts';
import { str } from './text.ts';
import { Undefined, type Value } from './values.ts';

/** Receives output as values: literal text comes without an expression. */
export type Sink = (value: Value, expression: Expression | null) => void;

/** One activation of a template or macro: its output so far and the place where it stands. */
export class Frame {
  readonly template: Template;
  readonly env: Environment;
  /** Null for the template itself. */
  readonly macro: string | null;
  output = '';
  /** Takes the output instead, in native rendering. */
  sink: Sink | null = null;
  /** What is being evaluated; written before everything that may fail. */
  at: Place;

  constructor(template: Template, env: Environment, macro: string | null, at: Place) {
    this.template = template;
    this.env = env;
    this.macro = macro;
    this.at = at;
  }

  write(text: string): void {
    this.env.budget.write(text.length);
    if (this.sink !== null) this.sink(text, null);
    else this.output += text;
  }

  /** What `{{ value }}` does. */
  print(value: Value, expression: Expression): void {
    this.at = expression;
    if (this.sink !== null) this.sink(value, expression);
    else if (typeof value === 'string') this.write(value);
    else {
      if (value instanceof Undefined) this.env.onUndefinedOutput?.(value.name ?? '', this.span(expression));
      this.write(str(value));
    }
  }

  span(place: Place): Span {
    const { path, text } = this.template;
    const start = 'nameStart' in place && typeof place.nameStart === 'number' ? place.nameStart : place.start;
    return { file: path, text, start, end: place.end };
  }

  describe(): TemplateFrame {
    return { macro: this.macro, span: this.span(this.at) };
  }
}
