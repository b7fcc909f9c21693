/** The whole job fails: `errorMessage` of a job in the state Failed. */
export class InvalidBatch extends Error {
	override readonly name = 'InvalidBatch';
}
