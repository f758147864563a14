/** The version of this package, as package.json has it (a test compares them); readable without reading a file. */
export const version = '0.1.0';

/** The dbt version whose answers we give: `dbt_version`, artifact metadata, `require-dbt-version`. */
export const dbtVersion = '1.11.16';
