import { type Diagnostic, error } from '../../core/diagnostic.ts';
import type { Span } from '../../core/span.ts';

const parsing = { family: 'Parsing Error' } as const;

export function pythonSyntax(problem: string, span: Span): Diagnostic {
  return error({
    ...parsing,
    code: 'python-syntax',
    message: `the Python code cannot be read: ${problem}`,
    span,
  });
}

export function jinjaInPython(label: string, span: Span): Diagnostic {
  return error({
    ...parsing,
    code: 'python-with-jinja',
    message: `No jinja in python model code is allowed (${label})`,
    span,
    hint: 'read variables through dbt.config.get() and set them in the properties file',
  });
}

export function modelFunctionCount(label: string, count: number, span: Span): Diagnostic {
  return error({
    ...parsing,
    code: 'python-model-function',
    message: `${label} must define exactly one function 'model', found ${count}`,
    span,
    hint: 'def model(dbt, session): ... return a dataframe',
  });
}

export function modelFunctionShape(label: string, problem: string, span: Span): Diagnostic {
  return error({ ...parsing, code: 'python-model-function', message: `${label}: ${problem}`, span });
}

export function argumentNotLiteral(call: string, span: Span): Diagnostic {
  return error({
    ...parsing,
    code: 'python-argument',
    message: `an argument of ${call} has to be written out: it is read, not run`,
    span,
    hint: 'use texts, numbers, truth values, and lists and mappings of these',
  });
}

/** What is read of the configuration is told while parsing, what is referred to as a template's call would be. */
export function callArguments(call: string, problem: string, span: Span): Diagnostic {
  const family = call.startsWith('dbt.config') ? 'Parsing Error' : 'Compilation Error';
  return error({ code: 'python-argument', family, message: `${call}: ${problem}`, span });
}
