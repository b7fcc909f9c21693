/** What can be chosen of the jobs of an org. */
export interface BulkSettings {
	/** How long a job waits in UploadComplete, in milliseconds. */
	queueMs: number;
	/** The least time a job is InProgress, in milliseconds. */
	processMs: number;
	/** Rows that are written in one transaction. */
	rowsPerTransaction: number;
	/** Rows of a page of a query result when the request does not say. */
	queryPageSize: number;
	/** Fails ingest jobs when they have processed so many rows; the others stay unprocessed. */
	failAfterRows?: number;
	/** Why, then. */
	failMessage: string;
	/** Fails query jobs with this `errorMessage`. */
	failQueries?: string;
}

export const usualBulkSettings: BulkSettings = {
	queueMs: 20,
	processMs: 20,
	rowsPerTransaction: 200,
	queryPageSize: 50_000,
	failMessage: 'TooManyLockFailure : Too many lock failure 200 Trying again later.',
};
