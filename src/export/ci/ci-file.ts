import { githubWorkflow } from './github.ts';
import { gitlabPipeline } from './gitlab.ts';
import { jenkinsPipeline } from './jenkins.ts';
import type { CiPlan, CiSystem } from './plan.ts';

/** Where a CI system looks for its file, from the repository's root. */
export const ciPaths: Readonly<Record<CiSystem, string>> = {
  github: '.github/workflows/sluice.yml',
  gitlab: '.gitlab-ci.yml',
  jenkins: 'Jenkinsfile',
};

/** The text of the file. */
export function ciFile(system: CiSystem, plan: CiPlan): string {
  switch (system) {
    case 'github':
      return githubWorkflow(plan);
    case 'gitlab':
      return gitlabPipeline(plan);
    case 'jenkins':
      return jenkinsPipeline(plan);
  }
}
