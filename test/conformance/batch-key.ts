/** The `unique_key` of a microbatch model where batches are merged by one; elsewhere it is refused. */
export const batchKey = (key: string): string => `unique_key=(${key} if target.type == 'postgres' else none)`;
