"use strict";
var __createBinding = (this && this.__createBinding) || (Object.create ? (function(o, m, k, k2) {
    if (k2 === undefined) k2 = k;
    var desc = Object.getOwnPropertyDescriptor(m, k);
    if (!desc || ("get" in desc ? !m.__esModule : desc.writable || desc.configurable)) {
      desc = { enumerable: true, get: function() { return m[k]; } };
    }
    Object.defineProperty(o, k2, desc);
}) : (function(o, m, k, k2) {
    if (k2 === undefined) k2 = k;
    o[k2] = m[k];
}));
var __setModuleDefault = (this && this.__setModuleDefault) || (Object.create ? (function(o, v) {
    Object.defineProperty(o, "default", { enumerable: true, value: v });
}) : function(o, v) {
    o["default"] = v;
});
var __importStar = (this && this.__importStar) || (function () {
    var ownKeys = function(o) {
        ownKeys = Object.getOwnPropertyNames || function (o) {
            var ar = [];
            for (var k in o) if (Object.prototype.hasOwnProperty.call(o, k)) ar[ar.length] = k;
            return ar;
        };
        return ownKeys(o);
    };
    return function (mod) {
        if (mod && mod.__esModule) return mod;
        var result = {};
        if (mod != null) for (var k = ownKeys(mod), i = 0; i < k.length; i++) if (k[i] !== "default") __createBinding(result, mod, k[i]);
        __setModuleDefault(result, mod);
        return result;
    };
})();
var __importDefault = (this && this.__importDefault) || function (mod) {
    return (mod && mod.__esModule) ? mod : { "default": mod };
};
Object.defineProperty(exports, "__esModule", { value: true });
exports.buildServer = buildServer;
const swagger_1 = __importDefault(require("@fastify/swagger"));
const swagger_ui_1 = __importDefault(require("@fastify/swagger-ui"));
const fastify_1 = __importDefault(require("fastify"));
const type_provider_typebox_1 = require("@fastify/type-provider-typebox");
const fastify_etag_policy_1 = __importStar(require("fastify-etag-policy"));
const documents_js_1 = require("./documents.js");
const pages_js_1 = require("./pages.js");
// as many digits as a bigint of PostgreSQL surely holds
const Params = type_provider_typebox_1.Type.Object({ id: type_provider_typebox_1.Type.String({ pattern: '^[0-9]{1,18}$' }) });
const Name = type_provider_typebox_1.Type.Object({ name: type_provider_typebox_1.Type.String({ pattern: '^[a-z0-9-]{1,60}$' }) });
/** The service over a store of documents and one of pages. Its OpenAPI document is shown at `/documentation`. */
async function buildServer(documents, pages, openapi = '3.1.0') {
    const app = (0, fastify_1.default)({ logger: { level: 'warn' } });
    await app.register(swagger_1.default, { openapi: { openapi, info: { title: 'Documents', version: '1.0.0' } } });
    await app.register(swagger_ui_1.default, { routePrefix: '/documentation' });
    await app.register(fastify_etag_policy_1.default);
    addDocuments(app, documents);
    addPages(app, pages);
    return app;
}
/** Documents get their id from the service, so a PUT changes what is there or is 404. */
function addDocuments(instance, documents) {
    const app = instance.withTypeProvider();
    const document = (0, fastify_etag_policy_1.defineEtag)({
        schema: documents_js_1.Document,
        create: 'never',
        load: (request) => documents.find(request.params.id)
    });
    const one = { config: { etag: document } };
    app.get('/documents', { schema: { response: { 200: type_provider_typebox_1.Type.Array(documents_js_1.Document) } } }, () => documents.list());
    app.post('/documents', { schema: { body: documents_js_1.DocumentInput, response: { 201: documents_js_1.Document } } }, async (request, reply) => {
        const row = await documents.insert(request.body);
        return reply.code(201).header('location', `/documents/${row.id}`).send(row);
    });
    app.get('/documents/:id', { ...one, schema: { params: Params, response: { 200: documents_js_1.Document } } }, (request) => document.of(request).load());
    app.put('/documents/:id', { ...one, schema: { params: Params, body: documents_js_1.DocumentInput, response: { 200: documents_js_1.Document } } }, (request) => document.of(request).guard(({ version }) => documents.replace(request.params.id, request.body, version)));
    app.patch('/documents/:id', { ...one, schema: { params: Params, body: type_provider_typebox_1.Type.Partial(documents_js_1.DocumentInput), response: { 200: documents_js_1.Document } } }, (request) => document.of(request).guard(({ version }) => documents.update(request.params.id, request.body, version)));
    app.delete('/documents/:id', { ...one, schema: { params: Params } }, async (request, reply) => {
        await document.of(request).guard(({ version }) => documents.remove(request.params.id, version));
        return reply.code(204).send();
    });
}
/** Pages get their name from the client, so a PUT may make one: without a field, or with `If-None-Match: *`. */
function addPages(instance, pages) {
    const app = instance.withTypeProvider();
    const page = (0, fastify_etag_policy_1.defineEtag)({
        schema: pages_js_1.Page,
        load: (request) => pages.find(request.params.name)
    });
    const one = { config: { etag: page } };
    app.get('/pages/:name', { ...one, schema: { params: Name, response: { 200: pages_js_1.Page } } }, (request) => page.of(request).load());
    app.put('/pages/:name', { ...one, schema: { params: Name, body: pages_js_1.PageInput, response: { 200: pages_js_1.Page, 201: pages_js_1.Page } } }, async (request, reply) => {
        const { name } = request.params;
        const { text } = request.body;
        let status = 201;
        const row = await page.of(request).guard(({ version }) => {
            status = 200;
            return pages.update(name, text, version);
        }, { create: () => pages.insert(name, text) });
        return reply.code(status).send(row);
    });
    app.delete('/pages/:name', { ...one, schema: { params: Name } }, async (request, reply) => {
        await page.of(request).guard(({ version }) => pages.remove(request.params.name, version));
        return reply.code(204).send();
    });
}
//# sourceMappingURL=server.js.map