/**
 * Whoever has made a field in Salesforce looks for it here right away; and one look into a node asks
 * several times for the same.
 */
export const EDITOR_FRESH_MS = 15_000;
