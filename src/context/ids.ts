/** dbt's unique id of anything in a project: `model.shop.orders`, `macro.dbt.run_query`. */
export type UniqueId = string;

/** The resource type, which a unique id begins with. */
export const typeOfId = (id: UniqueId): string => id.slice(0, id.indexOf('.'));

/** The package, which stands behind the type. */
export const packageOfId = (id: UniqueId): string => id.slice(id.indexOf('.') + 1, nameStartOf(id) - 1);

/** Where the part begins that names it within its package. */
export const nameStartOf = (id: UniqueId): number => id.indexOf('.', id.indexOf('.') + 1) + 1;
