import { type CiPlan, indented, inRepository, shellWord, yamlText } from './plan.ts';
import { ciScripts } from './scripts.ts';

/** A workflow of GitHub Actions: a job for pull requests, and one for production that leaves its state as an artifact. */
export function githubWorkflow(plan: CiPlan): string {
  const { branch, folder } = plan;
  const { pullRequest, production } = ciScripts(plan);
  return `# Pull requests build what they change, and read the rest from production, whose last state is an artifact of the
# last run on ${branch}. Made by \`sluice export ci github\`; it is yours now.
name: sluice

on:
  pull_request:
  push:
    branches: [${yamlText(branch)}]

permissions:
  contents: read
  actions: read

concurrency:
  group: sluice-\${{ github.ref }}
  cancel-in-progress: \${{ github.event_name == 'pull_request' }}

defaults:
  run:
    shell: bash
${folder === '' ? '' : `    working-directory: ${yamlText(folder)}\n`}
${variables(plan)}jobs:
  pull-request:
    if: github.event_name == 'pull_request'
    runs-on: ubuntu-latest
    timeout-minutes: 60
${services(plan)}    steps:
${setUp(plan)}
${stateOfProduction(plan)}
      - name: Build what changed
        run: |
${indented(pullRequest, 10)}
${uploadReports(plan)}

  production:
    if: github.event_name == 'push'
    runs-on: ubuntu-latest
${services(plan)}    steps:
${setUp(plan)}
${plan.databaseFile === null ? '' : `${stateOfProduction(plan)}\n`}      - name: Build
        run: |
${indented(production, 10)}
${uploadReports(plan)}
      - uses: actions/upload-artifact@v4
        with:
          name: sluice-state
          path: ${yamlText(inRepository(plan, 'state'))}
          retention-days: 90
          if-no-files-found: error
`;
}

/** The artifact of the last good run, where there is one and it is kept still. */
const stateOfProduction = ({ branch }: CiPlan): string => `      - name: Get the state of production
        env:
          GH_TOKEN: \${{ github.token }}
        run: |
          run=$(gh run list --repo "$GITHUB_REPOSITORY" --workflow "$GITHUB_WORKFLOW" --branch ${shellWord(branch)} \\
            --event push --status success --limit 1 --json databaseId --jq '.[0].databaseId // empty')
          if [ -n "$run" ]; then
            gh run download "$run" --repo "$GITHUB_REPOSITORY" --name sluice-state --dir production ||
              echo "The state of run $run is gone."
          fi`;

function variables({ variables: names }: CiPlan): string {
  if (names.length === 0) return '';
  const lines = names.map((name) => `  ${name}: \${{ secrets.${name} }}`);
  return [
    '# What the profile reads: secrets of the repository. Pull requests of forks get none.',
    'env:',
    ...lines,
    '',
    '',
  ].join('\n');
}

function services({ server }: CiPlan): string {
  if (server === null) return '';
  const { container, port, environment } = server;
  const lines = [
    'services:',
    '  database:',
    `    image: ${container.image}`,
    '    env:',
    ...Object.entries(environment).map(([name, value]) => `      ${name}: ${yamlText(value)}`),
    '    ports:',
    `      - "${port}:${container.port}"`,
    '    options: >-',
    `      --health-cmd "${container.readyCommand}" --health-interval 2s --health-timeout 5s --health-retries 30`,
  ];
  return `${indented(lines, 4)}\n`;
}

function setUp(plan: CiPlan): string {
  const { version, npmFolder, packagesFolder, targetFolder } = plan;
  const { install, packages } = ciScripts(plan);
  const lock = npmFolder === '' ? 'package-lock.json' : `${npmFolder}/package-lock.json`;
  const cached = [
    ...(packagesFolder === null ? [] : [inRepository(plan, packagesFolder)]),
    inRepository(plan, `${targetFolder}/sluice-cache`),
  ];
  const lines = [
    '- uses: actions/checkout@v4',
    '- uses: actions/setup-node@v4',
    '  with:',
    '    node-version: 22',
    ...(version === null ? ['    cache: npm', `    cache-dependency-path: ${yamlText(lock)}`] : []),
    '- name: Install sluice',
    ...script(install),
    '- uses: actions/cache@v4',
    '  with:',
    '    path: |',
    ...cached.map((path) => `      ${path}`),
    `    key: sluice-\${{ runner.os }}-\${{ hashFiles('${inRepository(plan, 'package-lock.yml')}') }}-\${{ github.run_id }}`,
    `    restore-keys: sluice-\${{ runner.os }}-\${{ hashFiles('${inRepository(plan, 'package-lock.yml')}') }}-`,
    ...(packages.length === 0 ? [] : ['- name: Install packages', ...script(packages)]),
  ];
  return indented(lines, 6);
}

const script = (lines: readonly string[]): readonly string[] => [
  '  run: |',
  ...lines.map((line) => `    ${line}`),
];

function uploadReports(plan: CiPlan): string {
  const lines = [
    '- uses: actions/upload-artifact@v4',
    '  if: always()',
    '  with:',
    '    name: sluice-reports',
    `    path: ${yamlText(inRepository(plan, 'reports'))}`,
    '    if-no-files-found: ignore',
  ];
  return indented(lines, 6);
}
