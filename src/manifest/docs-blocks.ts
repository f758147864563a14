import type { Diagnostics } from '../core/diagnostic.ts';
import type { Span } from '../core/span.ts';
import { scanBlocks } from '../jinja/blocks.ts';
import { renderSync } from '../jinja/driver.ts';
import { createEnvironment } from '../jinja/environment.ts';
import { parseTemplate, type TemplateSource } from '../jinja/template.ts';
import { stripText } from '../project/checksum.ts';
import type { SourceFile } from '../project/project.ts';
import { docsWithoutName } from './errors.ts';
import { duplicateDocs } from './name-errors.ts';
import type { DocNode, UniqueId } from './node.ts';
import { withinFolder } from './paths.ts';
import { entryOf } from './record.ts';
import { catchTemplate } from './template-failures.ts';

const tags: ReadonlySet<string> = new Set(['docs']);

/** Docs blocks by id in dbt's order, and by name. */
export class DocIndex {
  readonly nodes = new Map<UniqueId, DocNode>();
  readonly #byName = new Map<string, Map<string, DocNode>>();
  readonly #places = new Map<UniqueId, Span>();

  /** Adds every docs block of a Markdown file; `shown` is its path in errors. */
  addFile(packageName: string, file: SourceFile, shown: string, found: Diagnostics): void {
    const { path, text } = file;
    if (!text.includes('{%')) return;
    const { blocks, diagnostics } = scanBlocks({ path: shown, text }, tags);
    for (const diagnostic of diagnostics) found.add(diagnostic);
    for (const { name, start, bodyStart, bodyEnd } of blocks) {
      const place: Span = { file: shown, text, start, end: bodyStart };
      if (name === null) {
        found.add(docsWithoutName(place));
        continue;
      }
      const contents = blockContents({ path: shown, text, start: bodyStart, end: bodyEnd }, found);
      this.#add(
        {
          name,
          resource_type: 'doc',
          package_name: packageName,
          path: withinFolder(path, file.folder),
          original_file_path: path,
          unique_id: `doc.${packageName}.${name}`,
          block_contents: contents,
        },
        place,
        found,
      );
    }
  }

  #add(node: DocNode, place: Span, found: Diagnostics): void {
    const other = this.#places.get(node.unique_id);
    if (other !== undefined) {
      found.add(duplicateDocs(node.name, node.package_name, place, other));
      return;
    }
    this.#places.set(node.unique_id, place);
    this.nodes.set(node.unique_id, node);
    entryOf(this.#byName, node.name, () => new Map<string, DocNode>()).set(node.package_name, node);
  }

  /** The block that `doc(name)` means when asked in each of the packages in turn; null stands for any package. */
  find(name: string, packages: readonly (string | null)[]): DocNode | undefined {
    const byPackage = this.#byName.get(name);
    if (byPackage === undefined) return undefined;
    for (const packageName of packages) {
      const node = packageName === null ? byPackage.values().next().value : byPackage.get(packageName);
      if (node !== undefined) return node;
    }
    return undefined;
  }

  names(): Iterable<string> {
    return this.#byName.keys();
  }
}

/** A block's text is a template itself, rendered with nothing in its context. */
function blockContents(source: Required<TemplateSource>, found: Diagnostics): string {
  const body = source.text.slice(source.start, source.end);
  if (!/\{[{%#]/.test(body)) return stripText(body);
  const rendered = catchTemplate(found, () => {
    const environment = createEnvironment({ undefinedPolicy: 'execute', names: new Map() });
    return renderSync(parseTemplate(source), environment);
  });
  return stripText(rendered ?? body);
}
