import { type Diagnostic, error } from '../core/diagnostic.ts';
import { didYouMean } from '../core/nearest.ts';
import type { AnyNode } from '../manifest/node.ts';

export function refNotDeclared(from: AnyNode, target: AnyNode, call: string): Diagnostic {
  return error({
    code: 'ref-not-declared',
    message:
      `${from.resource_type} '${from.name}' refers to '${target.name}' only when it runs, ` +
      'so the dependency was not known when the project was parsed',
    hint: `add a comment that is always rendered: -- depends_on: {{ ${call} }}`,
  });
}

export function refUnknown(from: AnyNode, name: string, known: Iterable<string>): Diagnostic {
  return error({
    code: 'ref-not-found',
    message: `${from.resource_type} '${from.name}' refers to '${name}', which does not exist`,
    hint: didYouMean(name, known),
  });
}

export function ephemeralInOperation(target: AnyNode): Diagnostic {
  return error({
    code: 'ephemeral-in-operation',
    message: `Operations can not ref() ephemeral nodes, but ${target.name} is ephemeral`,
    hint: `it makes no relation that could be named; materialize it as a view`,
  });
}

export function pythonModelRefused(node: AnyNode): Diagnostic {
  return error({
    code: 'python-model',
    family: 'Runtime Error',
    message: `model '${node.name}' is written in Python, which sluice does not run`,
    hint: 'write it in SQL, or exclude it from the run',
  });
}

export function queryCommentInvalid(text: string): Diagnostic {
  return error({
    code: 'query-comment-invalid',
    family: 'Runtime Error',
    message: `query-comment gives a text that would end the comment: ${text}`,
    hint: 'leave out */',
  });
}
