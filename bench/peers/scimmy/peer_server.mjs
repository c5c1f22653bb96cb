// SCIMMY behind express, with the storage that its users have to write themselves: Maps, and an index of user names.
import {randomUUID} from "node:crypto";
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";

const token = `Bearer ${process.env.PEER_TOKEN}`;

class Shelf {
    constructor(name) {
        this.name = name;
        this.rows = new Map();
        this.byName = new Map();
    }

    write(resource, data) {
        const now = new Date().toISOString();
        const id = resource.id ?? randomUUID();
        const old = this.rows.get(id);
        if (resource.id && !old) throw new SCIMMY.Types.Error(404, null, `Resource ${id} not found`);
        const name = data[this.name].toLowerCase();
        const holder = this.byName.get(name);
        if (this.name === "userName" && holder && holder !== id) {
            throw new SCIMMY.Types.Error(409, "uniqueness", "The name is taken");
        }
        if (old) this.byName.delete(old[this.name].toLowerCase());
        const plain = JSON.parse(JSON.stringify(data));
        const row = {...plain, id, meta: {created: old?.meta.created ?? now, lastModified: now}};
        this.rows.set(id, row);
        this.byName.set(name, id);
        return row;
    }

    read(resource) {
        if (resource.id) {
            const row = this.rows.get(resource.id);
            if (!row) throw new SCIMMY.Types.Error(404, null, `Resource ${resource.id} not found`);
            return row;
        }
        const found = this.named(resource.filter);
        if (found) return found;
        const all = [...this.rows.values()];
        return resource.filter ? resource.filter.match(all) : all;
    }

    named(filter) {
        const term = filter?.length === 1 && Object.keys(filter[0]).length === 1 ? filter[0][this.name] : undefined;
        if (!Array.isArray(term) || term[0] !== "eq") return undefined;
        const row = this.rows.get(this.byName.get(String(term[1]).toLowerCase()));
        return row ? [row] : [];
    }
}

function declare(Resource, shelf) {
    return SCIMMY.Resources.declare(Resource)
        .ingress((resource, data) => shelf.write(resource, data))
        .egress((resource) => shelf.read(resource))
        .degress((resource) => shelf.rows.delete(resource.id));
}

declare(SCIMMY.Resources.User, new Shelf("userName")).extend(SCIMMY.Schemas.EnterpriseUser, false);
declare(SCIMMY.Resources.Group, new Shelf("displayName"));

const app = express();
app.use("/scim/v2", new SCIMMYRouters({
    type: "bearer",
    handler: (request) => {
        if (request.header("Authorization") !== token) throw new Error("Who is it?");
        return "bench";
    }
}));
app.listen(Number(process.argv[2]), "127.0.0.1");
