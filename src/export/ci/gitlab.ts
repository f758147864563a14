import { type CiPlan, indented, inRepository, yamlText } from './plan.ts';
import { ciScripts, reportFile } from './scripts.ts';

const stateUrl = '$CI_API_V4_URL/projects/$CI_PROJECT_ID/jobs/artifacts/$CI_DEFAULT_BRANCH/raw';

/** A pipeline of GitLab: a job for merge requests, and one for production that leaves its state as an artifact. */
export function gitlabPipeline(plan: CiPlan): string {
  const { pullRequest, production } = ciScripts(plan);
  return `# Merge requests build what they change, and read the rest from production, whose last state is an artifact of the job
# sluice-production on the default branch. Made by \`sluice export ci gitlab\`; it is yours now.
${variables(plan)}
.sluice:
  image: node:22
${services(plan)}  timeout: 1 hour
  interruptible: true
  retry:
    max: 1
    when: [runner_system_failure, stuck_or_timeout_failure]
  cache:
    key:
      prefix: sluice
      files:
        - ${yamlText(inRepository(plan, 'package-lock.yml'))}
    paths:
${indented(cached(plan), 6)}
  before_script:
${indented(items([...enter(plan), ...forward(plan), ...ciScripts(plan).install, ...ciScripts(plan).packages]), 4)}
  artifacts:
    when: always
    expire_in: 90 days
    paths:
      - ${yamlText(inRepository(plan, 'reports/'))}
      - ${yamlText(inRepository(plan, 'state/'))}
    reports:
      junit: ${yamlText(inRepository(plan, reportFile))}

sluice-merge-request:
  extends: .sluice
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
  script:
${stateOfProduction(plan)}
    - |
${indented(pullRequest, 6)}

sluice-production:
  extends: .sluice
  interruptible: false
  resource_group: sluice-production
  rules:
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  script:
${plan.databaseFile === null ? '' : `${stateOfProduction(plan)}\n`}    - |
${indented(production, 6)}
`;
}

/** Artifacts of the last good job, where there is one and they are kept still. */
function stateOfProduction(plan: CiPlan): string {
  const folder = encodeURI(inRepository(plan, 'state'));
  return `    - |
      mkdir -p production
      for file in ${stateFiles(plan).join(' ')}; do
        curl --silent --show-error --fail --location --header "JOB-TOKEN: $CI_JOB_TOKEN" --output "production/$file" \\
          "${stateUrl}/${folder}/$file?job=sluice-production" || rm -f "production/$file"
      done`;
}

const stateFiles = ({ databaseFile }: CiPlan): readonly string[] => [
  ...(databaseFile === null ? [] : ['database']),
  'run_results.json',
  'manifest.json',
];

function variables({ variables: names }: CiPlan): string {
  return names.length === 0
    ? ''
    : `# The profile reads these CI/CD variables of the project: ${names.join(', ')}.\n`;
}

function services({ server }: CiPlan): string {
  if (server === null) return '';
  const { container, environment } = server;
  const lines = [
    'services:',
    `  - name: ${container.image}`,
    '    alias: database',
    'variables:',
    ...Object.entries(environment).map(([name, value]) => `  ${name}: ${yamlText(value)}`),
  ];
  return `${indented(lines, 2)}\n`;
}

/** Services have a name of their own here; the profile looks for one on the job's own machine. */
function forward({ server }: CiPlan): readonly string[] {
  if (server === null) return [];
  const { container, port } = server;
  const code = `const net = require("net"); net.createServer((near) => { const far = net.connect(${container.port}, "database"); near.pipe(far).pipe(near); near.on("error", () => far.destroy()); far.on("error", () => near.destroy()); }).listen(${port}, "localhost")`;
  return [`node -e '${code}' &`];
}

const enter = ({ folder }: CiPlan): readonly string[] =>
  folder === '' ? [] : [`cd ${folder.includes(' ') ? `'${folder}'` : folder}`];

const items = (lines: readonly string[]): readonly string[] => lines.flatMap((line) => ['- |', `  ${line}`]);

const cached = (plan: CiPlan): readonly string[] =>
  [...(plan.packagesFolder === null ? [] : [plan.packagesFolder]), `${plan.targetFolder}/sluice-cache`].map(
    (path) => `- ${yamlText(`${inRepository(plan, path)}/`)}`,
  );
