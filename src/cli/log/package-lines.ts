import type { Event, EventOf } from '../../core/event.ts';
import { type LogLine, logLine, spacer } from './log-line.ts';

const names = [
  'hub-asked',
  'request-repeated',
  'package-fetching',
  'package-progress',
  'package-fetched',
  'package-installing',
  'package-installed',
  'packages-outdated',
  'packages-none',
  'package-lock-written',
  'package-added',
  'package-entry-removed',
] as const;

type PackageEvent = EventOf<(typeof names)[number]>;

const known: ReadonlySet<string> = new Set(names);

export const isPackageEvent = (event: Event): event is PackageEvent => known.has(event.name);

/** What `deps` tells, under dbt's names. */
export function packageLines(event: PackageEvent): readonly LogLine[] {
  switch (event.name) {
    case 'hub-asked':
      return [hubLine(event)];
    case 'request-repeated': {
      const { attempt, most, reason } = event;
      return [
        logLine('RecordRetryException', { msg: `External call exception: ${reason}`, data: { exc: reason } }),
        logLine('RetryExternalCall', {
          msg: `Retrying external call. Attempt: ${attempt} Max attempts: ${most}`,
          data: { attempt, max: most },
        }),
      ];
    }
    case 'package-fetching':
      return [
        logLine('Note', { msg: `Fetching ${event.package}`, level: 'debug', data: { msg: event.package } }),
      ];
    case 'package-progress':
    case 'package-fetched':
      return [];
    case 'package-installing':
      return [
        logLine('DepsStartPackageInstall', {
          msg: `Installing ${event.package}`,
          data: { package_name: event.package },
        }),
      ];
    case 'package-installed':
      return installedLines(event);
    case 'packages-outdated': {
      const list = event.packages.map((name) => `'${name}'`).join(', ');
      const msg = `Updates available for packages: [${list}]\nUpdate your versions in packages.yml, then run sluice deps`;
      return [spacer(), logLine('DepsNotifyUpdatesAvailable', { msg, data: { packages: event.packages } })];
    }
    case 'packages-none':
      return [logLine('DepsNoPackagesFound', { msg: 'Warning: No packages were found in packages.yml' })];
    case 'package-lock-written':
      return [
        logLine('DepsLockUpdating', {
          msg: `Updating lock file in file path: ${event.path}`,
          data: { lock_filepath: event.path },
        }),
      ];
    case 'package-added': {
      const { package: name, version, path } = event;
      const data = { package_name: name, version: version ?? '', packages_filepath: path };
      return [
        logLine('DepsAddPackage', { msg: `Added new package ${name}@${version ?? ''} to ${path}`, data }),
      ];
    }
    case 'package-entry-removed': {
      const entries = Object.entries(event.entry).map(([key, value]) => `${key}: ${value}`);
      return [
        logLine('DepsFoundDuplicatePackage', {
          msg: `Found duplicate package in packages.yml, removing: ${entries.join(', ')}`,
          data: { removed_package: event.entry },
        }),
      ];
    }
  }
}

function hubLine({ url, index, status }: EventOf<'hub-asked'>): LogLine {
  const kind = index ? 'RegistryIndexProgressGET' : 'RegistryProgressGET';
  if (status === null) {
    const msg = `Making package ${index ? 'index ' : ''}registry request: GET ${url}`;
    return logLine(`${kind}Request`, { msg, data: { url } });
  }
  const msg = `Response from registry${index ? ' index' : ''}: GET ${url} ${status}`;
  return logLine(`${kind}Response`, { msg, data: { url, resp_code: status } });
}

function installedLines(event: EventOf<'package-installed'>): readonly LogLine[] {
  const { from, latest, upToDate, subdirectory, linked } = event;
  const lines: LogLine[] = [];
  if (linked !== null) {
    lines.push(
      linked
        ? logLine('DepsCreatingLocalSymlink', { msg: 'Creating symlink to local dependency.' })
        : logLine('DepsSymlinkNotAvailable', {
            msg: 'Symlinks are not available on this OS, copying dependency.',
          }),
    );
  }
  lines.push(logLine('DepsInstallInfo', { msg: `Installed from ${from}`, data: { version_name: from } }));
  if (upToDate) lines.push(logLine('DepsUpToDate', { msg: 'Up to date!' }));
  else if (latest !== null) {
    lines.push(
      logLine('DepsUpdateAvailable', {
        msg: `Updated version available: ${latest}`,
        data: { version_latest: latest },
      }),
    );
  }
  if (subdirectory !== null) {
    lines.push(
      logLine('DepsListSubdirectory', { msg: `and subdirectory ${subdirectory}`, data: { subdirectory } }),
    );
  }
  return lines;
}
