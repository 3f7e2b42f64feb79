import { describe, expect, it } from "vitest";
import { signInAddress, signInFailure } from "./sign-in-link.ts";

const address =
  "/api/auth/magic-link/verify?token=abcDEF123456&callbackURL=%2Fdatasets&errorCallbackURL=%2Fsign-in";

describe("signInAddress", () => {
  it("takes the token of a whole link and nothing else of it", () => {
    const link =
      "https://elsewhere.example/api/auth/magic-link/verify?token=abcDEF123456&callbackURL=https://x.y";
    expect(signInAddress(` ${link}\n`)).toBe(address);
  });

  it("takes a bare token", () => {
    expect(signInAddress("abcDEF123456")).toBe(address);
  });

  it("refuses text without a token", () => {
    for (const text of [
      "",
      "hello there",
      "http://localhost:3000/datasets",
      "http://localhost:3000/?token=",
    ]) {
      expect(signInAddress(text)).toBeNull();
    }
  });
});

describe("signInFailure", () => {
  it("says nothing without an error and something for every error", () => {
    expect(signInFailure(undefined)).toBeNull();
    expect(signInFailure("EXPIRED_TOKEN")).toContain("expired");
    expect(signInFailure("INVALID_TOKEN")).toContain("already used");
    expect(signInFailure("whatever")).toContain("failed");
  });
});
