import { inspect } from "node:util";
import { expect, it } from "vitest";
import { withoutCommand } from "./without-command.ts";

it("keeps an error of Redis from carrying the password into a log", () => {
  const command = { name: "hello", args: ["3", "AUTH", "default", "secret"] };
  const told = withoutCommand(Object.assign(new Error("WRONGPASS"), { command }));
  expect(inspect(told)).toContain("WRONGPASS");
  expect(inspect(told)).not.toContain("secret");
});
