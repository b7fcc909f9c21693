const { default: Runner } = require('jest-runner');

/** Runs test files one after the other, whatever the number of workers. */
module.exports = class extends Runner {
	isSerial = true;
};
