import { createServer } from "node:net";
import pino from "pino";
import { describe, expect, it } from "vitest";
import { baseUrlOf, listen } from "./listener.ts";

const ANY_PORT = { host: "127.0.0.1", port: 0, baseUrl: null };

describe("the listener", () => {
  it("says that the server is starting until everything is mounted", async () => {
    const listener = await listen(ANY_PORT);
    const early = await fetch(listener.baseUrl);
    listener.app.get("/", (_req, res) => void res.send("up"));
    listener.open(pino({ enabled: false }));
    const late = await fetch(listener.baseUrl);
    await listener.close();
    expect([early.status, early.headers.get("retry-after")]).toEqual([503, "1"]);
    expect(await late.text()).toBe("up");
  });

  it("answers a failed request without saying why", async () => {
    const listener = await listen(ANY_PORT);
    listener.app.get("/", async () => {
      throw new Error("a secret of the server");
    });
    listener.open(pino({ enabled: false }));
    const response = await fetch(listener.baseUrl);
    await listener.close();
    expect([response.status, await response.text()]).toEqual([500, "Something went wrong on the server.\n"]);
  });

  it("refuses a port in use and an address that is not this machine's, in one sentence each", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => other.once("listening", resolve));
    const { port } = other.address() as { port: number };
    await expect(listen({ ...ANY_PORT, port })).rejects.toThrow(`Port ${port} is in use`);
    other.close();
    await expect(listen({ ...ANY_PORT, host: "192.0.2.1" })).rejects.toThrow(
      "HOST=192.0.2.1 is no address of this machine.",
    );
  });

  it("is found by a browser on this machine whatever it listens on", () => {
    expect(baseUrlOf("0.0.0.0", 3000)).toBe("http://localhost:3000");
    expect(baseUrlOf("::1", 3000)).toBe("http://[::1]:3000");
    expect(baseUrlOf("10.0.0.5", 80)).toBe("http://10.0.0.5:80");
  });
});
