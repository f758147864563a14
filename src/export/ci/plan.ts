import type { ContainerFacts } from '../../adapter/facts.ts';

export type CiSystem = 'github' | 'gitlab' | 'jenkins';

export const ciSystems: readonly CiSystem[] = ['github', 'gitlab', 'jenkins'];

/** What a CI file needs to know of a project. Paths have forward slashes. */
export interface CiPlan {
  /** The project's folder from the repository's root; empty where it is the root. */
  readonly folder: string;
  /** The branch whose runs are production. */
  readonly branch: string;
  /** Version to install; null where `package.json` in `npmFolder` has sluice among its dependencies. */
  readonly version: string | null;
  /** Folder of `package.json`, from the repository's root. */
  readonly npmFolder: string;
  /** Folder of installed packages, from the project; null where it names none. */
  readonly packagesFolder: string | null;
  /** The target folder, from the project. */
  readonly targetFolder: string;
  /** Outputs of the profile; null where none is named. */
  readonly production: string | null;
  readonly pullRequest: string | null;
  /** Environment variables that the profile reads and gives no default. */
  readonly variables: readonly string[];
  /** The database, where it is a file that jobs can carry along: its path from the project. */
  readonly databaseFile: string | null;
  /** The server, where the profile's is on the job's own machine. */
  readonly server: CiServer | null;
}

export interface CiServer {
  readonly container: ContainerFacts;
  /** Port that the profile connects to. */
  readonly port: number;
  /** Settings of the container. */
  readonly environment: Readonly<Record<string, string>>;
}

/** A path below the project's folder, from the repository's root. */
export const inRepository = ({ folder }: CiPlan, path: string): string =>
  folder === '' ? path : `${folder}/${path}`;

/** A word of a POSIX shell that means itself. */
export const shellWord = (text: string): string =>
  /^[\w./@:=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** A scalar of YAML that means itself. */
export const yamlText = (text: string): string =>
  /^[A-Za-z_][\w./-]*$/.test(text) && !/^(?:y|n|yes|no|on|off|true|false|null)$/i.test(text)
    ? text
    : JSON.stringify(text);

/** Lines below each other, each with so many spaces before it. */
export const indented = (lines: readonly string[], width: number): string =>
  lines.map((line) => (line === '' ? '' : ' '.repeat(width) + line)).join('\n');
