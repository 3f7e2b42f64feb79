// What `server.json` in the data folder says: the meeting point of the launcher and commands on the same machine.
import { z } from "zod";

export const localServerSchema = z.object({
  pid: z.int(),
  baseUrl: z.url(),
  /** lets the owner of the data folder ask for a sign-in link: POST {LOCAL_SIGN_IN_PATH} with it as bearer */
  controlToken: z.string(),
});
export type LocalServer = z.infer<typeof localServerSchema>;

export const LOCAL_SIGN_IN_PATH = "/local/sign-in-link";

/** The launcher's one line on standard output, in front of its own text, when a command started it. */
export const READY_LINE = "engram-ready";
