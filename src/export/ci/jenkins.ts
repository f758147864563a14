import { type CiPlan, indented, shellWord } from './plan.ts';
import { ciScripts } from './scripts.ts';

/**
 * A declarative pipeline of Jenkins, for a multibranch project with the plugins Docker Pipeline, Copy Artifact and JUnit:
 * changes build what they change, and the production branch leaves its state as an artifact.
 */
export function jenkinsPipeline(plan: CiPlan): string {
  const { branch } = plan;
  const { install, packages, pullRequest, production } = ciScripts(plan);
  return `// Pull requests build what they change, and read the rest from production, whose last state is an artifact of the last
// good build of ${branch}. Needs a multibranch project, and the plugins Docker Pipeline, Copy Artifact and JUnit.
// Made by \`sluice export ci jenkins\`; it is yours now.
pipeline {
  agent any

  options {
    timeout(time: 1, unit: 'HOURS')
    disableConcurrentBuilds()
    // Lets the builds of pull requests read the state; put the path of this project here to let no others.
    copyArtifactPermission('*')
  }

  environment {
    HOME = "\${WORKSPACE}"
    npm_config_prefix = "\${WORKSPACE}/.npm-global"
    npm_config_cache = "\${WORKSPACE}/.npm-cache"
${variables(plan)}  }

  stages {
    stage('Get the state of production') {
      when { anyOf { changeRequest(); branch '${groovyText(branch)}' } }
      steps {
${indented(inFolder(plan, copyState), 8)}
      }
    }
    stage('Build') {
      steps {
        script {
${indented(
  inContainers(plan, [
    ...install,
    ...(plan.version === null ? [] : ['export PATH="$npm_config_prefix/bin:$PATH"']),
    ...packages,
    'if [ -n "$CHANGE_ID" ]; then',
    ...pullRequest.map((line) => `  ${line}`),
    `elif [ "$BRANCH_NAME" = ${shellWord(branch)} ]; then`,
    ...production.map((line) => `  ${line}`),
    'fi',
  ]),
  10,
)}
        }
      }
    }
  }

  post {
    always {
${indented(
  inFolder(plan, [
    "junit testResults: 'reports/*.xml', allowEmptyResults: true",
    "archiveArtifacts artifacts: 'reports/**', allowEmptyArchive: true",
  ]),
  6,
)}
    }
    success {
${indented(inFolder(plan, ["archiveArtifacts artifacts: 'state/**', allowEmptyArchive: true"]), 6)}
    }
  }
}
`;
}

/** Of the branch that the change goes to; none where it has no good build yet. */
const copyState: readonly string[] = [
  "sh 'rm -rf production state reports'",
  'copyArtifacts(',
  `  projectName: "/\${env.JOB_NAME.substring(0, env.JOB_NAME.lastIndexOf('/'))}/\${(env.CHANGE_TARGET ?: env.BRANCH_NAME).replace('/', '%2F')}",`,
  '  selector: lastSuccessful(),',
  "  filter: '**/state/*',",
  "  target: 'production',",
  '  flatten: true,',
  '  optional: true',
  ')',
];

const variables = ({ variables: names }: CiPlan): string =>
  names.length === 0
    ? ''
    : `    // What the profile reads: credentials of kind "secret text".\n${names
        .map((name) => `    ${name} = credentials('${name}')\n`)
        .join('')}`;

const inFolder = ({ folder }: CiPlan, lines: readonly string[]): readonly string[] =>
  folder === '' ? lines : [`dir('${groovyText(folder)}') {`, ...lines.map((line) => `  ${line}`), '}'];

/** Runs a script in a container with Node, which shares the network of the server where the job has one. */
function inContainers(plan: CiPlan, script: readonly string[]): readonly string[] {
  const { server } = plan;
  const steps = inFolder(plan, [
    "sh '''",
    ...script.map((line) => `  ${line.replaceAll('\\', '\\\\')}`),
    "'''",
  ]);
  const node = (flags: string): readonly string[] => [
    `docker.image('node:22').inside(${flags}) {`,
    ...steps.map((line) => `  ${line}`),
    '}',
  ];
  if (server === null) return node('');
  const { container, port } = server;
  // One network for both, so that the server must listen where the profile looks for it.
  const environment = { ...server.environment, [container.portVariable]: String(port) };
  const flags = Object.entries(environment).map(([name, value]) => `-e ${name}=${shellWord(value)}`);
  return [
    `docker.image('${container.image}').withRun('${groovyText(flags.join(' '))}') { database ->`,
    `  sh "until docker exec \${database.id} ${container.readyCommand}; do sleep 1; done"`,
    ...node(`"--network container:\${database.id}"`).map((line) => `  ${line}`),
    '}',
  ];
}

const groovyText = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll("'", "\\'");
