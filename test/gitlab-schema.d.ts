declare module 'gitlab-ci-local/src/schema/schema.js' {
  /** GitLab's JSON schema of `.gitlab-ci.yml`. */
  export const schema: object;
}
