/**
 * The mode of a resource locator that picks from a list.
 * @param searchListMethod the method of the node that answers when somebody opens or searches it
 */
export const fromList = (searchListMethod: string, placeholder: string) =>
	({
		displayName: 'From List',
		name: 'list',
		type: 'list',
		placeholder,
		typeOptions: { searchListMethod, searchable: true },
	}) as const;
