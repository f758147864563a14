/** dbt's unique id of anything in a project: `model.shop.orders`, `macro.dbt.run_query`. */
export type UniqueId = string;
