import type { Diagnostics } from '../core/diagnostic.ts';
import type { Span } from '../core/span.ts';
import { scanBlocks } from '../jinja/blocks.ts';
import { renderSync } from '../jinja/driver.ts';
import { createEnvironment } from '../jinja/environment.ts';
import { parseTemplate } from '../jinja/template.ts';
import type { SourceFile } from '../project/project.ts';
import { docsWithoutName, duplicateDocs } from './errors.ts';
import type { DocNode, UniqueId } from './node.ts';
import { withinFolder } from './paths.ts';
import { stripped } from './text.ts';
import { catchTemplate } from './template-failures.ts';

const tags: ReadonlySet<string> = new Set(['docs']);

/** Docs blocks by id in dbt's order, and by name. */
export class DocIndex {
  readonly nodes = new Map<UniqueId, DocNode>();
  readonly #byName = new Map<string, Map<string, DocNode>>();
  readonly #places = new Map<UniqueId, Span>();

  /** Adds every docs block of a Markdown file. */
  addFile(packageName: string, file: SourceFile, found: Diagnostics): void {
    const { path, text } = file;
    if (!text.includes('{%')) return;
    const { blocks, diagnostics } = scanBlocks({ path, text }, tags);
    for (const diagnostic of diagnostics) found.add(diagnostic);
    for (const { name, start, bodyStart, bodyEnd } of blocks) {
      const place: Span = { file: path, text, start, end: bodyStart };
      if (name === null) {
        found.add(docsWithoutName(place));
        continue;
      }
      const contents = blockContents(file, bodyStart, bodyEnd, found);
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
    let byPackage = this.#byName.get(node.name);
    if (byPackage === undefined) this.#byName.set(node.name, (byPackage = new Map()));
    byPackage.set(node.package_name, node);
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
function blockContents(file: SourceFile, start: number, end: number, found: Diagnostics): string {
  const { path, text } = file;
  const body = text.slice(start, end);
  if (!/\{[{%#]/.test(body)) return stripped(body);
  const rendered = catchTemplate(found, () => {
    const environment = createEnvironment({ undefinedPolicy: 'execute', names: new Map() });
    return renderSync(parseTemplate({ path, text, start, end }), environment);
  });
  return stripped(rendered ?? body);
}
