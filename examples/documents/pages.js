"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
exports.Pages = exports.PageInput = exports.Page = void 0;
const type_provider_typebox_1 = require("@fastify/type-provider-typebox");
const fastify_etag_policy_1 = require("fastify-etag-policy");
/** A page as the API shows it. Its client chooses the name, so a PUT may make it. */
exports.Page = (0, fastify_etag_policy_1.EtagState)(type_provider_typebox_1.Type.Object({
    name: type_provider_typebox_1.Type.String(),
    text: type_provider_typebox_1.Type.String(),
    version: (0, fastify_etag_policy_1.EtagVersion)(type_provider_typebox_1.Type.String())
}), { policy: 'REQUIRED' });
exports.PageInput = type_provider_typebox_1.Type.Object({
    text: type_provider_typebox_1.Type.String({ maxLength: 10_000, pattern: '^[^\\u0000]*$' })
}, { additionalProperties: false });
const COLUMNS = 'name, text, version::text';
/** The pages of one database. Versions come from a sequence, so that a page that is made again never has an old one. */
class Pages {
    #pool;
    constructor(pool) {
        this.#pool = pool;
    }
    /** Makes the table unless it is there. Several processes may start at once. */
    async prepare() {
        await this.#pool.query(`
      BEGIN;
      SELECT pg_advisory_xact_lock(hashtext('pages'));
      CREATE SEQUENCE IF NOT EXISTS page_versions;
      CREATE TABLE IF NOT EXISTS pages (
        name text PRIMARY KEY,
        text text NOT NULL,
        version bigint NOT NULL DEFAULT nextval('page_versions')
      );
      COMMIT`);
    }
    async find(name) {
        return this.#one(`SELECT ${COLUMNS} FROM pages WHERE name = $1`, [name]);
    }
    /** Makes the page; `null` when somebody else made it first. */
    async insert(name, text) {
        return this.#one(`INSERT INTO pages (name, text) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`, [name, text]);
    }
    /** Replaces the page, if the version is still this one. */
    async update(name, text, version) {
        return this.#one(`UPDATE pages SET text = $3, version = nextval('page_versions') WHERE name = $1 AND version = $2 RETURNING ${COLUMNS}`, [name, version, text]);
    }
    /** Removes the page, if the version is still this one. */
    async remove(name, version) {
        return this.#one(`DELETE FROM pages WHERE name = $1 AND version = $2 RETURNING ${COLUMNS}`, [name, version]);
    }
    async #one(sql, values) {
        const { rows } = await this.#pool.query(sql, values);
        return rows[0] ?? null;
    }
}
exports.Pages = Pages;
//# sourceMappingURL=pages.js.map