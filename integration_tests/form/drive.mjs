// Fills in the form once for each case on standard input, and writes what came of it as JSON.
// A case: {"name", "choices": {selector of a oneOf: number}, "values": {id: text}, "checked": [title]}.
import { mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const here = dirname(fileURLToPath(import.meta.url));
const { schema, cases, pictures } = JSON.parse(readFileSync(0, "utf8"));
mkdirSync(pictures, { recursive: true });
const script = readFileSync(join(here, "node_modules/.out/page.js"), "utf8");
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
});
const results = [];
for (const one of cases) {
  const page = await browser.newPage({ viewport: { width: 900, height: 1600 } });
  const complaints = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.setContent('<main id="form"></main>');
  await page.addScriptTag({ content: script });
  await page.evaluate((it) => window.showForm(it), structuredClone(schema));
  for (const [id, number] of Object.entries(one.choices)) {
    await page.locator(`[id="${id}"]`).selectOption(String(number));
  }
  for (const [id, text] of Object.entries(one.values)) {
    await page.locator(`[id="${id}"]`).fill(text);
  }
  for (const title of one.checked) await page.getByLabel(title, { exact: true }).check();
  await page.getByRole("button", { name: "Submit" }).click();
  await page.waitForFunction(() => window.problems !== undefined);
  await page.screenshot({ path: join(pictures, `${one.name}.png`), fullPage: true });
  const [config, problems] = await page.evaluate(() => [window.entered, window.problems]);
  results.push({ name: one.name, config, problems: [...problems, ...complaints] });
  await page.close();
}
await browser.close();
process.stdout.write(JSON.stringify(results));
