import { DiagnosticError, Diagnostics } from '../../core/diagnostic.ts';
import { hubVersionMissing } from './errors.ts';
import { isCommit } from './git-address.ts';
import { checkFolder, pinPackage, refuseUnlessHub, type Sources, wishesOf } from './pin-package.ts';
import type { PinnedPackage } from './pinned.ts';
import type { PackageSpec } from './spec.ts';

/**
 * The packages of a lock, in its order. What the lock says is taken as it is: nothing is fetched for it, and of the
 * hub only the address and the newest version are asked, where there is a network. Throws DiagnosticError.
 */
export async function lockedPins(
  sources: Sources,
  named: readonly (readonly [name: string | null, spec: PackageSpec])[],
): Promise<readonly PinnedPackage[]> {
  const found = new Diagnostics();
  const results = await Promise.allSettled(named.map(([name, spec]) => lockedPin(sources, name, spec)));
  const pins = results.flatMap((result) => {
    if (result.status === 'fulfilled') return result.value;
    found.collect(() => {
      throw result.reason;
    });
    return [];
  });
  found.throwIfErrors();
  return pins;
}

async function lockedPin(sources: Sources, name: string | null, spec: PackageSpec): Promise<PinnedPackage> {
  const { context } = sources;
  const { span } = spec;
  refuseUnlessHub(context, spec);
  const common = { span, wishes: wishesOf(context, [spec]) };
  // A lock of an older dbt, or one that somebody changed, does not have it all.
  if (name === null && !(context.offline && spec.kind === 'hub'))
    return (await pinPackage(sources, [spec])).pin;
  if (name !== null) checkFolder(name, spec, context);
  switch (spec.kind) {
    case 'hub': {
      const [bound] = spec.bounds;
      if (!context.offline || bound === undefined) return (await pinPackage(sources, [spec])).pin;
      if (name === null) throw new DiagnosticError(hubVersionMissing(spec.package, common.wishes, [], 0));
      const version = bound.text.replace(/^=/, '');
      return { kind: 'hub', name, package: spec.package, version, latest: null, tarballUrl: null, ...common };
    }
    case 'git': {
      const { url, unrenderedUrl, revision, subdirectory } = spec;
      if (name === null || revision === null || !isCommit(revision))
        return (await pinPackage(sources, [spec])).pin;
      return { kind: 'git', name, url, unrenderedUrl, commit: revision, tag: null, subdirectory, ...common };
    }
    case 'tarball':
      return {
        kind: 'tarball',
        name: spec.name,
        url: spec.url,
        unrenderedUrl: spec.unrenderedUrl,
        ...common,
      };
    case 'local':
      return (await pinPackage(sources, [spec])).pin;
  }
}
