// The web app in a real browser, over data that the commands made: sign in, find the clip, read its timeline.
import { join } from "node:path";
import { writeSyntheticScene } from "@engram/media";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findChromium, launchChromium } from "./chromium.ts";
import { TESTED, writePictureSet } from "./picture-set.ts";
import { engram, type RunningPlatform, startPlatform, temporaryFolder } from "./platform-process.ts";

// long enough that a tenth of each training clip makes a calibration
const SCENE = { width: 96, height: 64, trainingClips: 2, trainingFrames: 120, testFrames: 60 };
const TINIEST = ["--preset", "tiny", "--size", "32", "--width", "4", "--epochs", "2"];
const TRAINING = ["--architecture", "mnad-prediction", ...TINIEST];
const PICTURE_TRAINING = ["--architecture", "pmb", ...TINIEST];
const LONGEST_WAIT_MS = 120_000;
const executable = findChromium();

describe.skipIf(!executable)("the web app", () => {
  let work: { path: string; remove(): Promise<void> };
  let data: string;
  let platform: RunningPlatform;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  const faults: string[] = [];

  beforeAll(async () => {
    work = await temporaryFolder();
    data = join(work.path, "data");
    const scene = join(work.path, "scene");
    const pictures = join(work.path, "pictures");
    await writePictureSet(pictures, scene, await writeSyntheticScene(scene, SCENE));
    platform = await startPlatform(data);
    const commands = [
      ["import", scene, "--name", "Gate"],
      ["train", "gate", ...TRAINING, "--watch"],
      ["score", "gate", "--watch"],
      ["import", pictures, "--name", "Paths"],
      ["train", "paths", ...PICTURE_TRAINING, "--watch"],
      ["score", "paths", "--watch"],
    ];
    for (const command of commands) {
      const outcome = await engram(data, ...command);
      if (outcome.code !== 0) throw new Error(`engram ${command.join(" ")}: ${outcome.stderr}`);
    }
    browser = await launchChromium(executable!);
    context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    // A job may wait for the processor: what is waited for comes late then, not never.
    context.setDefaultTimeout(LONGEST_WAIT_MS);
    page = await context.newPage();
    page.on("pageerror", (err) => faults.push(err.message));
    page.on("console", (message) => {
      if (message.type() === "error") faults.push(message.text());
    });
  });
  afterAll(async () => {
    await browser?.close();
    await platform?.stop();
    await work?.remove();
  });

  it("sends a stranger to the sign-in page, which says how to get a link", async () => {
    const stranger = await browser.newPage();
    await stranger.goto(`${platform.baseUrl}/datasets`);
    await stranger.waitForURL(/\/sign-in/);
    expect(await stranger.getByText("engram sign-in-link").count()).toBeGreaterThan(0);
    await stranger.close();
  });

  it("signs in with the printed link, once", async () => {
    await page.goto(platform.signInLink);
    await page.waitForURL(/\/datasets$/);
    await page.getByRole("link", { name: "Gate" }).waitFor();
    const second = await browser.newContext();
    const used = await second.newPage();
    await used.goto(platform.signInLink);
    await used.waitForURL(/\/sign-in/);
    await used.getByRole("alert").first().waitFor();
    await second.close();
  });

  it("leads from the data set over its scoring run to a clip", async () => {
    await page.getByRole("link", { name: "Gate" }).click();
    await page.getByRole("heading", { name: "Gate" }).waitFor();
    await page.getByRole("link", { name: "Run 1" }).first().click();
    await page.getByRole("heading", { name: "Run 1" }).waitFor();
    await page.getByRole("heading", { name: "Evaluation" }).waitFor();
    await page
      .getByRole("link", { name: /02-cart/ })
      .first()
      .click();
    await page.getByRole("heading", { name: /02-cart/ }).waitFor();
  });

  it("draws the timeline, the frame with its heat map, and the frame's histogram", async () => {
    await page
      .getByRole("group", { name: /abnormality/i })
      .locator("canvas")
      .first()
      .waitFor();
    const slider = page.getByRole("slider", { name: "Frame", exact: true });
    await slider.fill("30");
    await page.getByRole("heading", { name: "Frame 30" }).waitFor();
    const picture = page.getByRole("img", { name: "Frame 30 of clip 02-cart" });
    await picture.waitFor();
    await page.getByRole("img", { name: /pixel/i }).or(page.locator("svg[role=img]")).first().waitFor();
    const withoutHeat = await shotAt(page, "0");
    const withHeat = await shotAt(page, "100");
    expect(withHeat.equals(withoutHeat)).toBe(false);
    async function shotAt(where: Page, opacity: string): Promise<Buffer> {
      await where.getByRole("slider", { name: "Heat map opacity" }).fill(opacity);
      return picture.screenshot();
    }
  });

  it("moves by keyboard, and keeps the frame in the address", async () => {
    // a slider in focus keeps the arrow keys for itself
    await page.getByRole("heading", { name: "Frame 30" }).click();
    await page.keyboard.press("ArrowRight");
    await page.getByRole("heading", { name: "Frame 31" }).waitFor();
    await page.waitForURL(/frame=31/);
    await page.reload();
    await page.getByRole("heading", { name: "Frame 31" }).waitFor();
  });

  it("says why the first frames have no score instead of showing a number", async () => {
    await page.getByRole("slider", { name: "Frame", exact: true }).fill("1");
    await page.getByRole("heading", { name: "Frame 1", exact: true }).waitFor();
    await page
      .getByText(/not scored|cannot be scored|first four|before it/i)
      .first()
      .waitFor();
  });

  it("exports a model, and hands its files over", async () => {
    await page.goto(`${platform.baseUrl}/datasets/gate`);
    await page.getByRole("button", { name: "Export gate mnad-prediction, version 1" }).click();
    const link = page.getByRole("link", { name: /^ONNX, / });
    await link.waitFor();
    await page.getByText("Largest difference in error map").waitFor();
    const [download] = await Promise.all([page.waitForEvent("download"), link.click()]);
    expect(download.suggestedFilename()).toBe("gate-mnad-prediction-v1-onnx.tar");
    expect(await download.failure()).toBeNull();
    await page.goto(`${platform.baseUrl}/datasets/gate`);
    await link.waitFor();
  });

  it("shows a set of pictures as a gallery, the most abnormal first, and each picture by its name", async () => {
    await page.goto(`${platform.baseUrl}/datasets/paths`);
    const columns = page.getByRole("columnheader");
    await columns.filter({ hasText: "Image AUROC" }).waitFor();
    expect(await columns.filter({ hasText: /frame/i }).count()).toBe(0);
    await page.getByRole("combobox", { name: "Folder" }).selectOption({ label: "Test, cart" });
    const picture = page.getByRole("link", { name: /^\d{3}\.jpg/ });
    await expect.poll(() => picture.count(), { timeout: 30_000 }).toBe(TESTED);
    const scores = (await picture.allInnerTexts()).map((text) => Number(/[\d.]+$/.exec(text.trim())?.[0]));
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    const name = (await picture.first().innerText()).split("\n")[0]!;
    await picture.first().click();
    await page.getByRole("heading", { name: "Test pictures" }).waitFor();
    await page.getByRole("heading", { name }).waitFor();
    await page.getByRole("img", { name }).waitFor();
    await page.getByText("Corrected error", { exact: true }).waitFor();
    expect(await page.getByRole("group", { name: /abnormality/i }).count()).toBe(0);
  });

  it("offers a set of pictures what learns from single ones, with its values under their headings", async () => {
    await page.goto(`${platform.baseUrl}/datasets/paths`);
    await page.getByRole("button", { name: "Train a model" }).click();
    const architecture = page.getByRole("combobox", { name: "Architecture" });
    await architecture.selectOption({ label: "PMB" });
    expect(await architecture.getByRole("option").allInnerTexts()).not.toContain("MNAD prediction");
    await page.getByText("All hyper-parameters").click();
    for (const group of ["Network", "Memory", "Training", "Augmentation", "Early stopping"])
      await page.getByRole("group", { name: group, exact: true }).waitFor();
    await page.getByRole("group", { name: "Memory", exact: true }).getByLabel(/^Grid/).waitFor();
    await page.keyboard.press("Escape");
  });

  it("shows a job's progress as it goes, without a reload, and cancels it", async () => {
    await page.getByRole("link", { name: "Jobs" }).click();
    await page.getByRole("heading", { name: "Jobs" }).waitFor();
    const training = await engram(data, "train", "gate", ...TRAINING, "--epochs", "900", "--json");
    const { job } = JSON.parse(training.stdout);
    const row = page
      .getByRole("row")
      .filter({ has: page.getByRole("link", { name: String(job), exact: true }) });
    await row.getByText("Running").waitFor();
    await row.getByText(/steps/).waitFor();
    await row.getByRole("button", { name: /Cancel/ }).click();
    await row.getByText("Canceled").waitFor();
  });

  it("throws nothing and logs no error on the way", () => {
    expect(faults).toEqual([]);
  });
});
