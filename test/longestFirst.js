const path = require('node:path');
const { default: Sequencer } = require('@jest/test-sequencer');

// Small files that take a minute and more: begun last, as jest does it by size where it knows no times,
// each would keep one worker busy while the others have nothing left to do.
const LONGEST = ['older', 'ldapTrigger', 's3Trigger', 'tenThousand', 'operations.credentialTest'];

const placeOf = ({ path: file }) => LONGEST.indexOf(path.basename(file, '.test.ts')) >>> 0;

module.exports = class extends Sequencer {
	sort(tests) {
		return super.sort(tests).sort((a, b) => placeOf(a) - placeOf(b));
	}
};
