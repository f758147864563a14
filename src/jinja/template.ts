import type { Body, MacroDefinition } from './ast.ts';
import { nestedTooDeeply } from './errors.ts';
import { keepStringsFast } from './fast-strings.ts';
import { Lexer } from './lexer.ts';
import { StatementParser } from './parse-statement.ts';

keepStringsFast();

/** A parsed template: a model, a macro's block, a value in YAML. Never changes. */
export interface Template {
  /** Path as shown in errors, relative to the project's root. */
  readonly path: string;
  /** The text of the whole file; offsets in `body` point into it. */
  readonly text: string;
  readonly body: Body;
}

export interface TemplateSource {
  readonly path: string;
  readonly text: string;
  /** Offsets of the part to parse where it is not the whole text: one block of a macro file. */
  readonly start?: number;
  readonly end?: number;
}

/** Throws a TemplateSyntaxError with the place of the first mistake. */
export function parseTemplate({ path, text, start = 0, end = text.length }: TemplateSource): Template {
  const lexer = new Lexer({ path, text, start, end });
  try {
    return { path, text, body: new StatementParser(lexer).template() };
  } catch (thrown) {
    if (thrown instanceof RangeError) throw nestedTooDeeply(lexer.span(lexer.start, lexer.end));
    throw thrown;
  }
}

/** The macros, tests, materializations and docs blocks on a template's top level, in order. */
export function macroDefinitions(template: Template): readonly MacroDefinition[] {
  return template.body.filter((statement) => statement.kind === 'macro');
}
