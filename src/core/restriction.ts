/** An invocation on a project that is not trusted, such as that of a fork's pull request. */
export interface Restriction {
  /** The environment variables that templates may read. */
  readonly allowedEnv: ReadonlySet<string>;
}
