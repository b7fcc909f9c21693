const path = require('node:path');

// n8n-core writes into it when it is imported, also when two workers do so at the same time.
const { JEST_WORKER_ID, N8N_USER_FOLDER } = process.env;
if (path.basename(N8N_USER_FOLDER) !== JEST_WORKER_ID)
	process.env.N8N_USER_FOLDER = path.join(N8N_USER_FOLDER, JEST_WORKER_ID);
