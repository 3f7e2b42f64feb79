import { makeTempFolder, startTestDatabase, type TempFolder, type TestDatabase } from "@engram/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bearer, startTestApi, type TestApi } from "../testing/test-api.ts";

let database: TestDatabase;
let folder: TempFolder;
let test: TestApi;

beforeAll(async () => {
  database = await startTestDatabase();
  folder = await makeTempFolder();
  test = await startTestApi({ db: database.db, url: database.url, folder: folder.path });
});
afterAll(async () => {
  await test.close();
  await database.close();
  await folder.remove();
});

const VIEWER = "{ viewer { email role organizationName } project { slug } }";

async function openLink(link: string): Promise<Response> {
  return fetch(link, { redirect: "manual" });
}

function cookieOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");
}

describe("one-time sign-in links", () => {
  it("sign a browser in once, and land it where they say", async () => {
    const link = await test.api.createSignInLink({ callbackPath: "/datasets" });
    const opened = await openLink(link);
    expect(opened.status).toBe(302);
    expect(opened.headers.get("location")).toBe(`${test.baseUrl}/datasets`);
    const [session] = opened.headers.getSetCookie();
    expect(session).toMatch(/HttpOnly/i);
    expect(session).toMatch(/SameSite=Lax/i);
    const answer = await test.query(VIEWER, {}, { cookie: cookieOf(opened) });
    expect(answer.data).toEqual({
      viewer: { email: "owner@engram.test", role: "OWNER", organizationName: "Home" },
      project: { slug: "default" },
    });

    const again = await openLink(link);
    expect(again.headers.getSetCookie()).toEqual([]);
    expect(again.headers.get("location")).toContain("/sign-in?error=INVALID_TOKEN");
  });

  it("open a session that signing out ends", async () => {
    const opened = await openLink(await test.api.createSignInLink({ callbackPath: "/" }));
    const cookie = cookieOf(opened);
    const left = await fetch(`${test.baseUrl}/api/auth/sign-out`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: test.baseUrl, cookie },
      body: "{}",
    });
    expect(left.status).toBe(200);
    expect((await test.query(VIEWER, {}, { cookie })).data).toMatchObject({ viewer: null });
  });

  it("give the command line a key once, and leave no session behind", async () => {
    const link = await test.api.createSignInLink({ callbackPath: "/" });
    const sessions = await database.db.prisma.session.count();
    const login = () =>
      fetch(`${test.baseUrl}/api/cli/login`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ token: new URL(link).searchParams.get("token") }),
      });
    const first = await login();
    expect(await first.json()).toEqual({
      apiKey: expect.stringMatching(/^engram_/),
      email: "owner@engram.test",
      projectSlug: "default",
    });
    expect((await login()).status).toBe(401);
    expect(await database.db.prisma.session.count()).toBe(sessions);
  });

  it("expire", async () => {
    const link = await test.api.createSignInLink({ callbackPath: "/" });
    await database.db.prisma.verification.updateMany({ data: { expiresAt: new Date(Date.now() - 1000) } });
    expect((await openLink(link)).headers.getSetCookie()).toEqual([]);
  });

  it("are of no use for an address that is nobody's", async () => {
    const link = await test.api.createSignInLink({ callbackPath: "/", email: "stranger@engram.test" });
    expect((await openLink(link)).headers.getSetCookie()).toEqual([]);
    expect(await database.db.prisma.user.count({ where: { email: "stranger@engram.test" } })).toBe(0);
  });

  it("are stored hashed, as keys are", async () => {
    const link = await test.api.createSignInLink({ callbackPath: "/" });
    const token = new URL(link).searchParams.get("token");
    const verifications = await database.db.prisma.verification.findMany();
    expect(verifications.length).toBeGreaterThan(0);
    expect(JSON.stringify(verifications)).not.toContain(token);
    const keys = await database.db.prisma.apikey.findMany();
    expect(JSON.stringify(keys)).not.toContain(test.apiKey);
  });
});

describe("who is let in", () => {
  it("nobody without a session or a key", async () => {
    const answer = await test.query("{ viewer { id } project { id } }", {}, {});
    expect(answer.data).toEqual({ viewer: null, project: null });
    expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual(["UNAUTHENTICATED"]);
    for (const path of ["/media/clips/x/frames/0", "/uploads/x"]) {
      const method = path.startsWith("/media") ? "GET" : "HEAD";
      expect((await fetch(test.baseUrl + path, { method })).status).toBe(401);
    }
  });

  it("anybody to ask whether the server is well, and nothing more", async () => {
    const response = await fetch(`${test.baseUrl}/health`);
    expect(await response.json()).toEqual({ status: "ok" });
  });

  it("the holder of a key, as bearer or as x-api-key", async () => {
    for (const headers of [bearer(test.apiKey), { "x-api-key": test.apiKey }]) {
      const answer = await test.query("{ viewer { email } }", {}, headers);
      expect(answer.data).toEqual({ viewer: { email: "owner@engram.test" } });
    }
  });

  it("neither a wrong key nor one that was withdrawn", async () => {
    const apiKey = await test.signIn();
    expect((await test.query("{ viewer { id } }", {}, bearer(`${apiKey}x`))).data).toEqual({ viewer: null });
    await database.db.prisma.apikey.updateMany({
      where: { referenceId: test.owner.userId, start: apiKey.slice(0, 12) },
      data: { enabled: false },
    });
    expect((await test.query("{ viewer { id } }", {}, bearer(apiKey))).data).toEqual({ viewer: null });
    expect((await test.query("{ viewer { email } }")).data).not.toEqual({ viewer: null });
  });

  it("a VIEWER to read, not to change anything", async () => {
    const { apiKey } = await test.addMember(test.owner.organizationId, "viewer");
    const read = await test.query<{ project: { id: string } }>(
      "{ project { id } viewer { role } }",
      {},
      bearer(apiKey),
    );
    expect(read.data).toMatchObject({ viewer: { role: "VIEWER" } });
    const change = await test.query(
      `mutation ($input: CreateUploadInput!) { createUpload(input: $input) { upload { id } } }`,
      { input: { projectId: read.data?.project.id, fileName: "a.tar" } },
      bearer(apiKey),
    );
    expect(change.errors[0]?.extensions.code).toBe("FORBIDDEN");
    expect(await database.db.prisma.upload.count()).toBe(0);
  });

  it("nobody who only belongs to no organization any more", async () => {
    const { apiKey, userId } = await test.addMember(test.owner.organizationId, "member");
    expect((await test.query("{ viewer { role } }", {}, bearer(apiKey))).data).toEqual({
      viewer: { role: "MEMBER" },
    });
    await database.db.prisma.member.deleteMany({ where: { userId } });
    expect((await test.query("{ viewer { role } }", {}, bearer(apiKey))).data).toEqual({ viewer: null });
  });

  it("no sign-up, and no link or key on request, over HTTP", async () => {
    const before = await database.db.prisma.user.count();
    const cookie = cookieOf(await openLink(await test.api.createSignInLink({ callbackPath: "/" })));
    for (const [path, body] of [
      ["sign-up/email", { email: "a@b.test", password: "password1234", name: "A" }],
      ["sign-in/magic-link", { email: "owner@engram.test" }],
      ["api-key/create", { name: "mine" }],
      ["organization/create", { name: "Mine", slug: "mine" }],
      ["organization/delete", { organizationId: test.owner.organizationId }],
      ["organization/update", { organizationId: test.owner.organizationId, data: { name: "Mine" } }],
      ["organization/leave", { organizationId: test.owner.organizationId }],
      ["api-key/delete", { keyId: "any" }],
      ["delete-user", {}],
    ] as const) {
      const response = await fetch(`${test.baseUrl}/api/auth/${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", origin: test.baseUrl, cookie },
        body: JSON.stringify(body),
      });
      expect([path, response.status]).toEqual([path, 404]);
    }
    expect(await database.db.prisma.user.count()).toBe(before);
    expect(await database.db.prisma.organization.count()).toBe(1);
  });
});

describe("other sites' pages", () => {
  it("cannot use the session's cookie", async () => {
    const cookie = cookieOf(await openLink(await test.api.createSignInLink({ callbackPath: "/" })));
    const send = (headers: Record<string, string>) =>
      fetch(`${test.baseUrl}/graphql`, {
        method: "POST",
        headers: { "content-type": "application/json", cookie, ...headers },
        body: JSON.stringify({ query: "{ viewer { id } }" }),
      });
    expect((await send({ origin: "https://evil.test" })).status).toBe(403);
    expect((await send({ "sec-fetch-site": "cross-site" })).status).toBe(403);
    expect((await send({ origin: test.baseUrl })).status).toBe(200);
    expect((await send({ "content-type": "text/plain" })).status).toBe(400);
  });
});

describe("attempts to sign in", () => {
  it("are limited by address", async () => {
    const strict = await makeTempFolder();
    const other = await startTestDatabase();
    const api = await startTestApi(
      { db: other.db, url: other.url, folder: strict.path },
      { signInsPerMinute: 3 },
    );
    const statuses: number[] = [];
    for (let i = 0; i < 3; i++) {
      const response = await fetch(`${api.baseUrl}/api/cli/login`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ token: "guess" }),
      });
      statuses.push(response.status);
    }
    expect(statuses).toEqual([401, 401, 429]);
    await api.close();
    await other.close();
    await strict.remove();
  });
});
