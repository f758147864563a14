import { posix } from 'node:path';
import { type CiPlan, shellWord } from './plan.ts';

/** What jobs of every CI system run, as lines of a POSIX shell that stops at the first failure, in the project's folder. */
export interface CiScripts {
  readonly install: readonly string[];
  readonly packages: readonly string[];
  /** What a pull request changes, compared with production's state in `production/`. */
  readonly pullRequest: readonly string[];
  /** Everything, then what is to be kept of it in `state/`. */
  readonly production: readonly string[];
}

export const reportFile = 'reports/sluice.xml';

export function ciScripts(plan: CiPlan): CiScripts {
  const { databaseFile, targetFolder, version } = plan;
  const local = version === null ? 'npx --no-install sluice' : 'sluice';
  return {
    install:
      version === null
        ? [`npm ci --prefix ${shellWord(npmPrefix(plan))}`]
        : [`npm install --global sluice@${version}`],
    packages: plan.packagesFolder === null ? [] : [`${local} deps`],
    pullRequest: [
      ...buildFunction(local, plan.pullRequest),
      ...restored(plan),
      'if [ -f production/manifest.json ]; then',
      `  build ${slimSelection(plan)}`,
      'else',
      '  echo "There is no state of production yet: everything is built."',
      '  build',
      'fi',
    ],
    production: [
      ...buildFunction(local, plan.production),
      ...restored(plan),
      'build',
      'mkdir -p state',
      `cp ${shellWord(`${targetFolder}/manifest.json`)} ${shellWord(`${targetFolder}/run_results.json`)} state/`,
      ...(databaseFile === null ? [] : [`cp ${shellWord(databaseFile)} state/database`]),
    ],
  };
}

/** A database that jobs carry along goes on from where production's last job left it. */
const restored = ({ databaseFile }: CiPlan): readonly string[] =>
  databaseFile === null
    ? []
    : [`if [ -f production/database ]; then cp production/database ${shellWord(databaseFile)}; fi`];

const npmPrefix = ({ folder, npmFolder }: CiPlan): string => posix.relative(folder, npmFolder) || '.';

/**
 * Where the job has a server of its own, nothing of production is in it: what changes is built with all it is made from.
 * Anywhere else the rest is read from production.
 */
const slimSelection = ({ server }: CiPlan): string =>
  server === null
    ? '--select state:modified+ --defer --state production'
    : '--select +state:modified+ --state production';

/** Failures (exit code 1) get a second chance, which does only what failed; its report takes the place of the first. */
function buildFunction(sluice: string, target: string | null): readonly string[] {
  const reports = `--report junit=${reportFile} --report markdown=reports/sluice.md`;
  const chosen = target === null ? '' : ` --target ${shellWord(target)}`;
  return [
    'build() {',
    `  ${sluice} build "$@"${chosen} ${reports} || {`,
    '    code=$?',
    '    if [ "$code" -ne 1 ]; then return "$code"; fi',
    `    ${sluice} retry ${reports}`,
    '  }',
    '}',
  ];
}
