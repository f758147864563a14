import { type Diagnostic, error } from '../core/diagnostic.ts';
import type { Span } from '../core/span.ts';

export function unclosedTag(span: Span, expected: string): Diagnostic {
  return error({
    code: 'template-unclosed-tag',
    message: `the tag is not closed: '${expected}' is missing`,
    span,
  });
}

export function unclosedBlock(tag: string, name: string | null, span: Span): Diagnostic {
  const block = name === null ? tag : `${tag} '${name}'`;
  return error({
    code: 'template-unclosed-block',
    message: `Reached EOF without finding a close tag for ${block}`,
    span,
    hint: `end it with {% end${tag} %}`,
  });
}

export function unmatchedControlFlow(tag: string, expected: string, span: Span): Diagnostic {
  return error({
    code: 'template-unmatched-tag',
    message: `Got an unexpected control flow end tag, got ${tag} but no open ${expected} precedes it`,
    span,
  });
}

export function blockInsideControlFlow(tag: string, outer: string, span: Span): Diagnostic {
  return error({
    code: 'template-block-not-at-top',
    message: `Got a block definition inside control flow: ${tag} inside ${outer}`,
    span,
    hint: 'all blocks of a macro file stand on its top level',
  });
}

export function blockInsideBlock(tag: string, outer: string, span: Span, outerSpan: Span): Diagnostic {
  return error({
    code: 'template-nested-block',
    message: `a ${tag} block begins inside a ${outer} block`,
    span,
    hint: `is {% end${outer} %} missing?`,
    related: [{ message: `the ${outer} block begins here`, span: outerSpan }],
  });
}
