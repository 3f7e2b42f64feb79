import { describe, expect, it } from "vitest";
import { Mailbox } from "./mailbox.ts";

interface Note {
  readonly id: string;
  readonly text: string;
}

const mailbox = () => new Mailbox<Note>(({ id }) => id);

describe("a mailbox", () => {
  it("hands over in order, waiting where there is nothing yet", async () => {
    const box = mailbox();
    const reader = box[Symbol.asyncIterator]();
    const first = reader.next();
    box.put({ id: "a", text: "1" });
    box.put({ id: "b", text: "1" });
    expect((await first).value).toEqual({ id: "a", text: "1" });
    expect((await reader.next()).value).toEqual({ id: "b", text: "1" });
  });

  it("keeps only the last of each thing that was not read: a slow reader costs no memory", async () => {
    const box = mailbox();
    for (let i = 0; i < 1000; i++) box.put({ id: "a", text: String(i) });
    const reader = box[Symbol.asyncIterator]();
    expect((await reader.next()).value).toEqual({ id: "a", text: "999" });
  });

  it("lets a waiting reader go when it is closed", async () => {
    const box = mailbox();
    const reader = box[Symbol.asyncIterator]();
    const waiting = reader.next();
    box.close();
    expect((await waiting).done).toBe(true);
  });
});
