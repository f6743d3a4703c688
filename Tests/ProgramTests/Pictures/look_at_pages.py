"""Looks at pages of HTML as a person would: in Chromium, at two widths, in the light and the dark dress.

    look_at_pages.py PICTURES PAGE...

Takes a picture of each (PICTURES/NAME-WIDTH-DRESS.png) and prints a line for everything that is wrong: text that is cut,
overlaps other text or is hard to read, dots that hardly differ from their ground, a page that scrolls sideways, a request
to a network, an error of a script, charts that are not drawn. Exits with 1 where there is any.
"""

import pathlib
import sys
import time

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

WIDTHS = (1400, 400)
DRESSES = ("light", "dark")
LARGEST = 6_000_000  # bytes

# Answers a list of words about what is wrong with the page as it is drawn.
CHECKS = r"""
const found = [];
const visible = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
  && element.getClientRects().length > 0;
const channel = (value) => { const c = value / 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
const parse = (colour) => {
  const numbers = (colour.match(/[\d.]+/g) ?? []).map(Number);
  return { rgb: numbers.slice(0, 3), alpha: numbers.length > 3 ? numbers[3] : colour === "transparent" ? 0 : 1 };
};
const luminance = (rgb) => 0.2126 * channel(rgb[0]) + 0.7152 * channel(rgb[1]) + 0.0722 * channel(rgb[2]);
const contrast = (one, other) => {
  const [high, low] = [luminance(one), luminance(other)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
};
const mixed = (over, alpha, under) => over.map((value, place) => alpha * value + (1 - alpha) * under[place]);
const ground = (element) => {
  for (let place = element; place; place = place.parentElement) {
    const { rgb, alpha } = parse(getComputedStyle(place).backgroundColor);
    if (alpha > 0.9 && rgb.length === 3) return rgb;
  }
  return [255, 255, 255];
};
const words = (element) => element.textContent.trim().replace(/\s+/g, " ").slice(0, 60);

if (document.documentElement.scrollWidth > innerWidth + 1) found.push(`scrolls sideways: ${document.documentElement.scrollWidth}`);
for (const entry of performance.getEntriesByType("resource")) {
  if (/^(https?|wss?):/.test(entry.name)) found.push(`asks a network for ${entry.name}`);
}

// Text within drawings: whole, apart, readable.
for (const drawing of document.querySelectorAll("svg")) {
  if (drawing.parentElement.closest("svg") || !visible(drawing)) continue;
  const frame = drawing.getBoundingClientRect();
  const labels = [...drawing.querySelectorAll("text")].filter((label) => visible(label) && label.textContent.trim() !== "")
    .map((label) => ({ label, box: label.getBoundingClientRect() }));
  for (const { label, box } of labels) {
    if (box.left < frame.left - 2 || box.right > frame.right + 2 || box.top < frame.top - 2 || box.bottom > frame.bottom + 2) {
      found.push(`cut in a drawing: ${words(label)}`);
    }
  }
  for (const [place, { label, box }] of labels.entries()) {
    for (const other of labels.slice(place + 1)) {
      const across = Math.min(box.right, other.box.right) - Math.max(box.left, other.box.left);
      const down = Math.min(box.bottom, other.box.bottom) - Math.max(box.top, other.box.top);
      if (across > 2 && down > 3) found.push(`overlap in a drawing: ${words(label)} and ${words(other.label)}`);
    }
  }
  for (const { label } of labels) {
    // A cell's number stands on its cell, which is drawn before it.
    const cell = label.classList.contains("ink") ? label.previousElementSibling : null;
    const under = cell ? parse(getComputedStyle(cell).fill).rgb : ground(drawing);
    const ratio = contrast(parse(getComputedStyle(label).fill).rgb, under);
    if (ratio < 4.5) found.push(`hard to read (${ratio.toFixed(1)}): ${words(label)}`);
  }
  // One of each kind is enough: their looks are the style's.
  const seen = new Set();
  for (const dot of drawing.querySelectorAll("circle, path.line, rect.bar, rect.best-bar, rect.failed-bar, rect.pair-bar, rect.cell")) {
    const kind = dot.getAttribute("class") ?? "";
    if (seen.has(kind) || /halo|fork/.test(kind) || !visible(dot)) continue;
    seen.add(kind);
    const style = getComputedStyle(dot);
    const [colour, opacity] = style.fill === "none" ? [style.stroke, style.strokeOpacity] : [style.fill, style.fillOpacity];
    const under = ground(drawing);
    const ratio = contrast(mixed(parse(colour).rgb, Number(opacity), under), under);
    if (ratio < 3) found.push(`hardly differs from its ground (${ratio.toFixed(1)}): ${dot.tagName} ${kind}`);
  }
}

// Text of the page: readable, and not cut where nothing scrolls.
const kinds = new Set();
for (const element of document.querySelectorAll("h1, h2, h3, p, td, th, figcaption, summary, span, code, button, label, select, .score")) {
  if (!visible(element) || element.closest("svg") || words(element) === "") continue;
  const style = getComputedStyle(element);
  if (element.scrollWidth > element.clientWidth + 1 && style.overflowX === "hidden") found.push(`cut: ${words(element)}`);
  const kind = `${element.tagName} ${element.className} ${element.parentElement.className} ${style.color}`;
  if (kinds.has(kind)) continue;
  kinds.add(kind);
  const isLarge = parseFloat(style.fontSize) >= 24;
  const ratio = contrast(parse(style.color).rgb, ground(element));
  if (ratio < (isLarge ? 3 : 4.5)) found.push(`hard to read (${ratio.toFixed(1)}): ${element.tagName} ${words(element)}`);
}
return [...new Set(found)];
"""


def browser() -> webdriver.Chrome:
    options = webdriver.ChromeOptions()
    for argument in (
        "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--enable-unsafe-swiftshader",
        # Nothing outside is there to be asked.
        "--proxy-server=127.0.0.1:9",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))


def wait_for_charts(driver: webdriver.Chrome) -> str | None:
    """Nil once they are drawn, or where the page has no library for them."""
    if not driver.execute_script("return document.getElementById('charts') !== null"):
        return None
    for _ in range(300):
        if driver.execute_script("return document.documentElement.dataset.charts") == "drawn":
            return None
        time.sleep(0.1)
    return "the charts were not drawn within 30 s"


def look(driver: webdriver.Chrome, page: pathlib.Path, name: str, pictures: pathlib.Path) -> list[str]:
    wrong = []
    if page.stat().st_size > LARGEST:
        wrong.append(f"{name}: {page.stat().st_size} bytes, more than {LARGEST}")
    for width in WIDTHS:
        for dress in DRESSES:
            driver.execute_cdp_cmd(
                "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": dress}]}
            )
            driver.execute_cdp_cmd(
                "Emulation.setDeviceMetricsOverride",
                {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False},
            )
            driver.get(page.resolve().as_uri())
            view = f"{name}-{width}-{dress}"
            problem = wait_for_charts(driver)
            wrong += [f"{view}: {problem}"] if problem else []
            # What is folded is looked at, too.
            driver.execute_script("for (const one of document.querySelectorAll('main details')) one.open = true")
            time.sleep(0.3)
            wrong += [f"{view}: {words}" for words in driver.execute_script(CHECKS)]
            wrong += [
                f"{view}: {entry['message'][:200]}" for entry in driver.get_log("browser") if entry["level"] == "SEVERE"
            ]
            driver.execute_script("for (const one of document.querySelectorAll('main details')) one.open = false")
            height = min(driver.execute_script("return document.documentElement.scrollHeight"), 12_000)
            driver.execute_cdp_cmd(
                "Emulation.setDeviceMetricsOverride",
                {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
            )
            driver.save_screenshot(str(pictures / f"{view}.png"))
            paint = driver.execute_script(
                "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
            )
            above = driver.execute_script("return document.querySelector('#trials')?.getBoundingClientRect().top ?? 0")
            print(f"{view}: first paint {paint or 0:.0f} ms, {page.stat().st_size / 1e6:.1f} MB, trials at {above:.0f} px")
    return wrong


def main() -> int:
    pictures = pathlib.Path(sys.argv[1])
    pictures.mkdir(parents=True, exist_ok=True)
    driver = browser()
    try:
        wrong = []
        for argument in sys.argv[2:]:
            page = pathlib.Path(argument)
            wrong += look(driver, page, page.parent.name, pictures)
    finally:
        driver.quit()
    print("\n".join(wrong))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
