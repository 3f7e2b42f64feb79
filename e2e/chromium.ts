// A real Chromium from the system; its tests are skipped with a reason where there is none, and fail under CI.
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
const PLACES = [
  process.env.CHROMIUM_PATH,
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

/** null, with a line that says so, where no Chromium is installed. @throws Error under CI */
export function findChromium(): string | null {
  const found = PLACES.find((path): path is string => !!path && existsSync(path));
  if (found) return found;
  const reason = "Chromium was not found: install it (apt-get install chromium) or set CHROMIUM_PATH.";
  if (process.env.CI) throw new Error(reason);
  process.stderr.write(`Browser tests are skipped. ${reason}\n`);
  return null;
}

export function launchChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({ executablePath, args: FLAGS });
}
