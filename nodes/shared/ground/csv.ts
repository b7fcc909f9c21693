const cell = (value: unknown): string => {
	const text = value === undefined || value === null ? '' : String(value);
	return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

/** One line of a CSV file, with its end. https://www.rfc-editor.org/rfc/rfc4180 */
export const csvLine = (values: unknown[]): string => `${values.map(cell).join(',')}\r\n`;
