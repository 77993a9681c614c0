/**
 * The end of a lease that is given up, in SQL: no later than its last renewal, by which it is told from one that has only run
 * out; and truncated, since rounding would put it into the future.
 */
export const GIVEN_UP = "least(expires_at, renewed_at, date_trunc('milliseconds', clock_timestamp()))";
