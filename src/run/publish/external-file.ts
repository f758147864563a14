import { DiagnosticError } from '../../core/diagnostic.ts';
import { isSystemError } from '../../core/system-error.ts';
import { type Dict, dictGet, dictItems, dictSet } from '../../jinja/dict.ts';
import { str } from '../../jinja/text.ts';
import { isDict, type Value } from '../../jinja/values.ts';
import type { GraphNode } from '../../manifest/node.ts';
import {
  externalFileNotTakenBack,
  externalFileObstructed,
  externalFileRefused,
  externalPlugin,
} from '../errors.ts';
import type { PlanRun } from './execute-plan.ts';
import { directPlace, type FilePlace, type Overwriting, openPlace, PlaceTaken } from './file-place.ts';

type Run = Pick<PlanRun, 'services' | 'node'>;

/**
 * Makes room for the file of an external model, and says in the entry `beside` of its dictionary where the macros are to
 * write it. Addresses of object stores are written to as they are.
 */
export async function placeBeside({ services, node }: Run, file: Value): Promise<FilePlace> {
  if (!isDict(file)) throw new Error('dbt.file_of_model gave no dictionary');
  refusePlugins(services, node);
  const location = str(dictGet(file, 'location')!);
  const path = localPath(location, services.world.home);
  const options = dictGet(file, 'options');
  const place =
    path === null
      ? directPlace(location)
      : await refusing(node, location, () => openPlace(path, overwritingOf(options as Dict)));
  dictSet(file, 'beside', place.beside);
  return {
    beside: place.beside,
    publish: () => refusing(node, location, () => place.publish()),
    keep: () => place.keep(),
    takeBack: () =>
      place.takeBack().catch((caught: unknown) => {
        if (!isSystemError(caught)) throw caught;
        // The failure before it is the one that fails the node.
        services.compile.context.report(externalFileNotTakenBack(node, location, caught.message));
      }),
  };
}

/** A project may have a macro of its own for them; what is built in cannot be done, and is told before anything is. */
function refusePlugins({ compile }: Run['services'], node: GraphNode): void {
  const { registry } = compile.context;
  const key = node.config['glue_register'] === true ? 'glue_register' : 'plugin';
  const macro = registry.resolve('store_relation', node.package_name);
  const isOurs = macro === undefined || registry.isInternal(macro.packageName);
  if ((node.config[key] ?? null) !== null && isOurs) throw new DiagnosticError(externalPlugin(node, key));
}

/** A path as Node reads it; null for addresses. The engine reads `~` and `file:` so, too. */
function localPath(location: string, home: string): string | null {
  const path = location.replace(/^file:(\/\/(localhost)?)?(?=\/)/i, '').replace(/^~(?=\/|$)/, () => home);
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(path) ? null : path;
}

/** Options of `copy` that write a folder. */
const ofFolders = ['partition_by', 'per_thread_output', 'file_size_bytes', 'row_groups_per_file'];

function overwritingOf(options: Dict): Overwriting {
  const values = new Map(
    dictItems(options).map((item) => {
      const [name, value] = (item as unknown as readonly Value[]).map(str) as [string, string];
      return [name.toLowerCase(), value.trim()] as const;
    }),
  );
  // An option without a value is on.
  const isOn = (name: string): boolean =>
    !['false', 'f', '0', 'none'].includes((values.get(name) ?? '0').toLowerCase());
  return {
    isFolder: ofFolders.some(isOn),
    replaces: isOn('overwrite') ? 'all' : isOn('overwrite_or_ignore') ? 'same' : 'nothing',
    appends: isOn('append') && isOn('partition_by'),
  };
}

async function refusing<T>(node: GraphNode, location: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (caught) {
    if (caught instanceof PlaceTaken)
      throw new DiagnosticError(externalFileObstructed(node, location, caught.obstacle), { cause: caught });
    if (isSystemError(caught))
      throw new DiagnosticError(externalFileRefused(node, location, caught.message), { cause: caught });
    throw caught;
  }
}
