import { resolve } from 'node:path';
import type { SecretMask } from '../../core/secret.ts';
import type { World } from '../../core/world.ts';
import { repositoryOf } from '../../project/repository.ts';
import type { Settings } from '../flags/settings.ts';
import { type LevelChoice, reaches } from '../log/reporter.ts';
import type { Outside } from '../outside.ts';
import type { ReportWriter } from './report-writer.ts';
import { prepareReports, reportRequests } from './requests.ts';

interface ReportContext {
  readonly outside: Outside;
  readonly world: World;
  readonly secrets: SecretMask;
  /** Absolute; null outside of a project. */
  readonly directory: string | null;
}

/**
 * What writes the reports that are asked for, and in GitHub Actions annotations and the step summary; null where nothing
 * is. Throws what is wrong with `--report`, before anything is begun.
 */
export async function openReports(settings: Settings, context: ReportContext): Promise<ReportWriter | null> {
  const { outside, world, secrets, directory } = context;
  const values = (settings.get('report')?.value ?? []) as readonly string[];
  const requests = reportRequests(values, world.workingDirectory);
  const github = settings.get('githubReport')?.value !== false;
  const summary = github ? (world.env.get('GITHUB_STEP_SUMMARY') ?? '') : '';
  const annotates = github && world.env.get('GITHUB_ACTIONS') === 'true' && showsText(settings);
  if (requests.length === 0 && summary === '' && !annotates) return null;
  prepareReports(requests);
  const projectDir = directory ?? world.workingDirectory;
  const { ReportWriter } = await import('./report-writer.ts');
  const least = leastLevel(settings);
  return new ReportWriter({
    requests,
    summaryFile: summary === '' ? null : resolve(world.workingDirectory, summary),
    annotations:
      annotates && reaches('error', least)
        ? { write: (text) => outside.stdout.write(text), warnings: reaches('warn', least) }
        : null,
    projectDir,
    repositoryDir: repositoryOf(projectDir, world.env),
    mask: (text) => secrets.apply(text),
  });
}

/** Commands to GitHub are lines of text: a reader of JSON lines would trip over them. */
const showsText = (settings: Settings): boolean => settings.get('logFormat')?.value !== 'json';

function leastLevel(settings: Settings): LevelChoice {
  const level = (settings.get('logLevel')?.value ?? 'info') as LevelChoice;
  return settings.get('quiet')?.value === true && level !== 'none' ? 'error' : level;
}
