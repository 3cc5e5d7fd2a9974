// A round of calls with the generated client: node calls.js URL TOKEN. It ends with 0 where each was answered as its type says.
import createClient from "openapi-fetch";
import type { paths } from "./users-api.js";

declare const process: { argv: string[] };

const [baseUrl, token] = process.argv.slice(2);
const email = "ada.typescript@example.com";
const users = createClient<paths>({ baseUrl });
const headers = { Authorization: `Bearer ${token}` };

function expect(isTrue: boolean, what: string): asserts isTrue {
  if (!isTrue) {
    throw new Error(`Expected: ${what}`);
  }
}

const created = await users.POST("/api/v1/users", { headers, body: { email, fullName: "Ada" } });
expect(created.data?.email === email && created.data.isActive, "an active user");
const path = { id: created.data.id };

const read = await users.GET("/api/v1/users/{id}", { params: { path } });
expect(read.data?.version === 1, "version 1");
const ifMatch = read.response.headers.get("ETag") ?? "";

const change = { fullName: null };
const patched = await users.PATCH("/api/v1/users/{id}", { headers, params: { path, header: { "If-Match": ifMatch } }, body: change });
expect(patched.data?.fullName === null && patched.data.version === 2, "a user without a name");

const lost = await users.PATCH("/api/v1/users/{id}", { headers, params: { path, header: { "If-Match": ifMatch } }, body: change });
expect(lost.error?.status === 412, "a refused write");

const listed = await users.GET("/api/v1/users", {
  params: { query: { email: email.toUpperCase(), include: "total", sort: "-createdAt" } },
});
expect(listed.data?.length === 1 && listed.data[0]?.id === path.id, "the user alone");
expect(listed.response.headers.get("Total-Count") === "1", "a total of 1");

const invalid = await users.POST("/api/v1/users", { headers, body: { email: "ada" } });
expect(invalid.response.status === 400, "a refused email");

const deleted = await users.DELETE("/api/v1/users/{id}", { headers, params: { path } });
expect(deleted.response.status === 204, "a deletion");
const gone = await users.GET("/api/v1/users/{id}", { params: { path } });
expect(gone.error?.status === 404, "no user");
