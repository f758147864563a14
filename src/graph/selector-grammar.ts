import { DiagnosticError, Diagnostics } from '../core/diagnostic.ts';
import type { Span } from '../core/span.ts';
import { selectorAtWithChildren, unknownSelectorMethod } from './errors.ts';
import type { Criterion, IndirectSelection, MethodName, Selector, SelectorGroup } from './selector.ts';
import { methodNames } from './selector.ts';

/** The arguments of `--select` and `--exclude`, each a list of criteria separated by spaces; null if not given. */
export interface SelectionArguments {
  readonly select: readonly string[] | null;
  readonly exclude: readonly string[] | null;
  readonly indirect: IndirectSelection;
}

/**
 * Reads the command line's selection: spaces and repeated arguments unite, commas intersect, `exclude` is taken
 * away. Without `select` everything is meant. Throws `selector-method-unknown` and `selector-at-with-children`,
 * all of them at once.
 */
export function parseSelection({ select, exclude, indirect }: SelectionArguments): Selector {
  const diagnostics = new Diagnostics();
  const included =
    select === null || select.length === 0
      ? ({ kind: 'everything' } as const)
      : parseUnion(select, '--select', indirect, diagnostics);
  const excluded = parseUnion(exclude ?? [], '--exclude', indirect, diagnostics);
  diagnostics.throwIfErrors();
  if (included.kind === 'everything' && excluded.components.length === 0) return included;
  return { kind: 'difference', components: [included, excluded], indirect: 'eager', expected: null };
}

/** Reads one criterion, `2+tag:nightly+`; throws as `parseSelection`. `span` is where it stands. */
export function parseCriterion(raw: string, span: Span, indirect: IndirectSelection): Criterion {
  const parts = criterionPattern.exec(raw)!.groups!;
  const childrensParents = parts['at'] !== undefined;
  if (childrensParents && parts['children'] !== undefined) {
    throw new DiagnosticError(selectorAtWithChildren(raw, span));
  }
  const value = parts['value']!;
  const written = parts['method'];
  const methodStart = span.start + raw.indexOf(written ?? '');
  const [method, methodArguments] =
    written === undefined
      ? [defaultMethod(value), []]
      : parseMethod(written, { ...span, start: methodStart, end: methodStart + written.length });
  return {
    kind: 'criterion',
    raw,
    method,
    methodArguments,
    value,
    parentsDepth: depthOf(parts['parents']),
    childrenDepth: depthOf(parts['children']),
    childrensParents,
    indirect,
  };
}

/** Splits `config.meta.owner` into the method and its arguments; throws `selector-method-unknown`. */
export function parseMethod(written: string, span: Span | null): [MethodName, readonly string[]] {
  const [name = '', ...methodArguments] = written.split('.');
  if (!isMethodName(name)) throw new DiagnosticError(unknownSelectorMethod(name, span));
  return [name, methodArguments];
}

/** The value takes as little as it can, so that `x+3` ends in a depth while `a+b` is a name. */
export const criterionPattern =
  /^(?<at>@)?(?<parents>\d*\+)?(?:(?<method>[\p{L}\p{N}_.]+):)?(?<value>.*?)(?<children>\+\d*)?$/su;

const isMethodName = (name: string): name is MethodName => (methodNames as readonly string[]).includes(name);

/** dbt's rule for a value without a method. */
export function defaultMethod(value: string): MethodName {
  if (value.includes('/')) return 'path';
  return /\.(sql|py|csv)$/i.test(value) ? 'file' : 'fqn';
}

function depthOf(operator: string | undefined): number | null {
  if (operator === undefined) return null;
  const digits = operator.replace('+', '');
  return digits === '' ? Number.POSITIVE_INFINITY : Number(digits);
}

function parseUnion(
  specs: readonly string[],
  option: string,
  indirect: IndirectSelection,
  diagnostics: Diagnostics,
): SelectorGroup {
  const text = specs.join(' ');
  const components: SelectorGroup[] = [];
  let start = 0;
  for (const raw of text.split(' ')) {
    if (raw !== '')
      components.push(parseIntersection(raw, { file: option, text, start, end: start + raw.length }));
    start += raw.length + 1;
  }
  return { kind: 'union', components, indirect, expected: null };

  function parseIntersection(raw: string, span: Span): SelectorGroup {
    const parts: Criterion[] = [];
    let offset = span.start;
    for (const part of raw.split(',')) {
      const place = { ...span, start: offset, end: offset + part.length };
      const criterion = diagnostics.collect(() => parseCriterion(part, place, indirect));
      if (criterion !== undefined) parts.push(criterion);
      offset += part.length + 1;
    }
    return { kind: 'intersection', components: parts, indirect, expected: raw };
  }
}
