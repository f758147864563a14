/** The adapter contract: what a package that brings another warehouse implements. */
export type * from './adapter.ts';
export type * from './cell.ts';
export { conceal, readCredentialFields, reveal } from './credentials.ts';
export { credentialIgnored, credentialInvalid, credentialUnsupported } from './errors.ts';
export {
  type AdapterFacts,
  type CredentialField,
  type Credentials,
  type CredentialsResult,
  relationKey,
  type SqlSyntax,
} from './facts.ts';
export { type Failure, type FailureKind, retryable, WarehouseError } from './failure.ts';
export { literal, quoteIdentifier, renderRelation } from './names.ts';
export * from './recipe.ts';
export type * from './relation.ts';
