import { yamlEnvironment } from '../context/parse-names.ts';
import type { Diagnostics } from '../core/diagnostic.ts';
import { DiagnosticError } from '../core/diagnostic.ts';
import type { Span } from '../core/span.ts';
import { renderSync } from '../jinja/driver.ts';
import type { Environment } from '../jinja/environment.ts';
import { TemplateError, TemplateSyntaxError, toDiagnostic } from '../jinja/errors.ts';
import { parseTemplate, type Template } from '../jinja/template.ts';
import { str } from '../jinja/text.ts';
import { callable } from '../jinja/values.ts';
import { literalOf } from '../jinja/walk.ts';
import type { UniqueId } from './node.ts';
import { packagesToSearch } from './package-search.ts';
import type { ParseState } from './parse-state.ts';
import { docNotFound } from './reference-errors.ts';

export interface Description {
  readonly text: string;
  /** Ids of the docs blocks it names on its top level, as often as it does. */
  readonly docBlocks: readonly UniqueId[];
}

export type Describe = typeof renderDescription;

/** How the descriptions of a resource are read: those of a disabled one stay as they are written, as in dbt. */
export function describer(enabled: boolean): Describe {
  return enabled ? renderDescription : (_state, text) => ({ text, docBlocks: [] });
}

/** False for a text that is its own description. */
export const hasTemplate = (text: string): boolean => /\{[{%#]/.test(text);

const onlyDoc = /^\{\{ *doc\( *(['"])([^'"\\]+)\1 *\) *\}\}$/;

/**
 * A description with its templates rendered: `doc()` finds docs blocks, everything else is as in YAML values.
 * `label` is what errors call the thing described.
 */
export function renderDescription(
  state: ParseState,
  text: string,
  packageName: string,
  label: string,
  place: () => Span,
): Description {
  if (!hasTemplate(text)) return { text, docBlocks: [] };
  const search = packagesToSearch(state.services, packageName);
  const single = onlyDoc.exec(text)?.[2];
  const block = single === undefined ? undefined : state.docs.find(single, search);
  if (block !== undefined) return { text: block.block_contents, docBlocks: [block.unique_id] };
  const described = collecting(state.found, place, () => {
    const template = parseTemplate({ path: place().file, text });
    return {
      text: renderSync(template, descriptionEnvironment(state, packageName, label, place().file)),
      docBlocks: namedDocs(state, template, search),
    };
  });
  return described ?? { text, docBlocks: [] };
}

function descriptionEnvironment(
  state: ParseState,
  packageName: string,
  label: string,
  shown: string,
): Environment {
  const doc = callable('doc', (args) => {
    const [first, second] = args.map(str);
    const name = second ?? first ?? '';
    const given = second === undefined ? null : first!;
    const node = state.docs.find(name, packagesToSearch(state.services, packageName, given));
    if (node === undefined) throw new DiagnosticError(docNotFound(name, given, label, state.docs.names()));
    return node.block_contents;
  });
  return yamlEnvironment(state.services, {
    packageName: state.project.root.name,
    reads: state.reads.of(shown),
    allowSecrets: false,
    extra: [['doc', doc]],
  });
}

function namedDocs(
  state: ParseState,
  template: Template,
  search: readonly (string | null)[],
): readonly UniqueId[] {
  const out: UniqueId[] = [];
  for (const statement of template.body) {
    if (statement.kind !== 'output' || statement.value.kind !== 'call') continue;
    const { callee, args } = statement.value;
    if (callee.kind !== 'name' || callee.name !== 'doc') continue;
    const values = args.positional.map(literalOf).map(String);
    const [first, second] = values;
    const node =
      values.length === 1 ? state.docs.find(first!, search) : state.docs.find(second ?? '', [first ?? '']);
    if (node !== undefined) out.push(node.unique_id);
  }
  return out;
}

function collecting<T>(found: Diagnostics, place: () => Span, work: () => T): T | undefined {
  try {
    return work();
  } catch (thrown) {
    if (!(thrown instanceof TemplateError || thrown instanceof TemplateSyntaxError)) throw thrown;
    found.add({ ...toDiagnostic(thrown), span: place() });
    return undefined;
  }
}
