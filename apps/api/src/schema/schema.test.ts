import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { decodeGlobalId, encodeGlobalId, uuidOf } from "./global-id.ts";
import { cursorId, encodeCursor, pageSize } from "./page.ts";
import { SCHEMA_FILE, schemaText } from "./schema-text.ts";
import { hasRole, parseRole, type Viewer } from "./viewer.ts";

const UUID = "01890000-0000-7000-8000-000000000001";

describe("the committed schema", () => {
  it("is what the code says: run npx tsx apps/api/src/print-schema.ts after a change", async () => {
    expect(await readFile(SCHEMA_FILE, "utf8")).toBe(schemaText());
  });
});

describe("global ids", () => {
  it("come back as they went, and are of one type", () => {
    const id = encodeGlobalId("Clip", UUID);
    expect(decodeGlobalId(id)).toEqual({ typename: "Clip", id: UUID });
    expect(uuidOf("Clip", id)).toBe(UUID);
    expect(uuidOf("Job", id)).toBeNull();
  });

  it.each([
    "",
    "x",
    "Clip:1",
    Buffer.from("Clip:1").toString("base64url"),
    Buffer.from(`:${UUID}`).toString("base64url"),
  ])("refuse %j with a code of their own, before the database does", (id) => {
    expect(() => decodeGlobalId(id)).toThrow(expect.objectContaining({ code: "BAD_INPUT" }));
  });
});

describe("pages", () => {
  it.each([{}, { first: 0 }, { first: 101 }, { last: -1 }, { first: 1, last: 1 }, { first: 1, after: "x" }])(
    "refuse %j",
    (args) => {
      expect(() => pageSize(args)).toThrow(expect.objectContaining({ code: "BAD_INPUT" }));
    },
  );

  it("take first or last from 1 to 100, and cursors of their own", () => {
    expect(pageSize({ first: 100 })).toBe(100);
    expect(pageSize({ last: 1, before: encodeCursor(UUID) })).toBe(1);
    expect(cursorId(encodeCursor(UUID))).toBe(UUID);
  });
});

describe("roles", () => {
  const viewer = (role: Viewer["role"]): Viewer => ({
    ...{ userId: UUID, email: "a@b.test", name: "A", organizationId: UUID, organizationName: "O", role },
  });

  it("include what lower ones may, and nothing of higher ones", () => {
    expect(hasRole(viewer("MEMBER"), "VIEWER")).toBe(true);
    expect(hasRole(viewer("MEMBER"), "MEMBER")).toBe(true);
    expect(hasRole(viewer("MEMBER"), "ADMIN")).toBe(false);
    expect(hasRole(null, "VIEWER")).toBe(false);
  });

  it("are the highest of those stored; an unknown one is none", () => {
    expect(parseRole("viewer,admin")).toBe("ADMIN");
    expect(parseRole("wizard")).toBeNull();
  });
});
