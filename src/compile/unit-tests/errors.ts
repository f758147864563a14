import { type Diagnostic, error } from '../../core/diagnostic.ts';
import { didYouMean, nearestName } from '../../core/nearest.ts';
import type { Span } from '../../core/span.ts';
import type { AnyNode } from '../../manifest/node.ts';

export function inputNotReference(input: string, span: Span | null): Diagnostic {
  return error({
    code: 'unit-test-input',
    family: 'Parsing Error',
    message: `Unit test given inputs must be either a 'ref', 'source' or 'this' call. Got: '${input}'.`,
    span,
    hint: `write input: ref('${/^\w+$/.test(input) ? input : 'model'}'), source('source', 'table') or this`,
  });
}

export function inputNotFound(
  test: string,
  input: string,
  name: string,
  known: Iterable<string>,
  span: Span | null,
): Diagnostic {
  return error({
    code: 'unit-test-input',
    family: 'Parsing Error',
    message: `Unit test '${test}' had an input (${input}) which was not found in the manifest.`,
    span,
    hint: didYouMean(name, known),
  });
}

/** The model reads what the test gives no rows for. `call` is how an input names it. */
export function inputMissing(
  test: AnyNode,
  target: AnyNode,
  call: string,
  given: Iterable<string>,
  span: Span | null,
): Diagnostic {
  const what =
    target.resource_type === 'source'
      ? `source named '${target.source_name}.${target.name}'`
      : `node named '${target.name}'`;
  const guess = nearestName(call, given);
  return error({
    code: 'unit-test-input-missing',
    message: `Unit_Test '${test.unique_id}' (${test.original_file_path}) depends on a ${what} which was not found`,
    span,
    hint: `the model reads ${call}: give rows for it${guess === null ? '' : `, as for ${guess}`}, or rows: [] for none`,
  });
}
