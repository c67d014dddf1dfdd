"""A real browser, driven by its command line: what a page becomes in it, and what it complains of."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

PHONE, DESKTOP = 360, 1200
_RESULT = re.compile(r'<pre id="result">(.*?)</pre>', re.DOTALL)
_PROBE = """<!doctype html><meta charset="utf-8"><body style="margin:0"><pre id="result">none</pre><script>
const pages = %(pages)s, width = %(width)d, found = {};
const colour = text => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
const light = text => colour(text).map(c => c / 255).map(c => c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4)
    .reduce((sum, c, at) => sum + c * [.2126, .7152, .0722][at], 0);
const contrast = (one, two) => {const [a, b] = [light(one), light(two)].sort((x, y) => y - x); return (a + .05) / (b + .05)};
function behind(element) {
    for (let at = element; at; at = at.parentElement) {
        const seen = getComputedStyle(at).backgroundColor;
        if (!/, 0\\)$|transparent/.test(seen)) return seen;
    }
    return 'rgb(255, 255, 255)';
}
function measured(frame) {
    const page = frame.contentDocument, all = [...page.querySelectorAll('body *')], view = frame.contentWindow;
    const own = element => [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim());
    const ink = element => view.getComputedStyle(element)[element.namespaceURI.endsWith('svg') ? 'fill' : 'color'];
    const hidden = element => element.closest('caption, thead, title, desc, style');
    const texts = [...page.querySelectorAll('svg text')].map(text => [text.textContent, text.getBBox(), text.ownerSVGElement]);
    return {
        wide: page.documentElement.scrollWidth,
        beyond: all.filter(one => !hidden(one) && one.getBoundingClientRect().right > width + .5).map(one => one.outerHTML.slice(0, 90)),
        clipped: texts.filter(([, box, svg]) => box.x < 0 || box.y < 0 || box.x + box.width > svg.viewBox.baseVal.width
            || box.y + box.height > svg.viewBox.baseVal.height).map(([text]) => text),
        overlapping: texts.filter(([, box, svg], at) => at && texts[at - 1][2] === svg && texts[at - 1][1].x === box.x
            && texts[at - 1][1].y + .75 * texts[at - 1][1].height > box.y + .25 * box.height).map(([text]) => text),
        pictures: [...page.querySelectorAll('svg')].map(svg => Math.round(svg.getBoundingClientRect().width)),
        smallest: Math.min(99, ...[...page.querySelectorAll('svg text')].map(text => text.getBoundingClientRect().height)),
        pale: all.filter(one => own(one) && !hidden(one) && contrast(ink(one), behind(one)) < 4.5).map(one => one.outerHTML.slice(0, 90)),
        headings: [...page.querySelectorAll('h1,h2,h3,h4')].map(one => +one.tagName[1]),
        landmarks: ['header', 'main', 'footer'].map(name => page.querySelectorAll(name).length),
        unnamed: [...page.querySelectorAll('section')].filter(one => !page.getElementById(one.getAttribute('aria-labelledby'))).length,
        scopeless: [...page.querySelectorAll('th')].filter(one => !one.scope).length,
        ids: [...page.querySelectorAll('[id]')].map(one => one.id),
        lang: page.documentElement.lang,
        active: page.querySelectorAll('script, img, iframe, object, embed, link, form, [onerror], [onload], [onclick], [href]').length,
        ran: view.ran === undefined ? 0 : view.ran,
        text: page.documentElement.textContent,
        visible: page.body ? page.body.innerText : '',
    };
}
async function probe() {
    for (const [name, address] of Object.entries(pages)) {
        const frame = document.createElement('iframe');
        frame.style = `border:0;width:${width}px;height:800px`;
        const loaded = new Promise(done => frame.onload = done);
        frame.src = address;
        document.body.append(frame);
        await loaded;
        found[name] = measured(frame);
        frame.remove();
    }
    document.getElementById('result').textContent = JSON.stringify(found);
}
probe().catch(error => document.getElementById('result').textContent = JSON.stringify({error: String(error.stack)}));
</script>"""


class Loaded(NamedTuple):
    """A page as the browser has it, and what it wrote to its console."""

    dom: str
    console: list[str]


def _run(*arguments: str, timeout: int = 120) -> subprocess.CompletedProcess[str]:
    command = [
        os.environ["CHROMIUM"], "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage",
        "--no-first-run", "--disable-extensions", "--enable-logging=stderr", "--allow-file-access-from-files", *arguments,
    ]  # fmt: skip
    return subprocess.run(
        command, capture_output=True, encoding="utf-8", errors="replace", timeout=timeout, check=False
    )


def load(page: Path) -> Loaded:
    """Return what the browser makes of a page."""
    done = _run("--dump-dom", page.as_uri())
    return Loaded(done.stdout, [line for line in done.stderr.splitlines() if "CONSOLE" in line])


def measure(folder: Path, pages: Mapping[str, str], *, width: int = PHONE, dark: bool = False) -> dict[str, Any]:
    """Return what the browser measures of each page, shown as wide as told."""
    addresses = {}
    for number, (name, text) in enumerate(pages.items()):
        path = folder / f"page-{width}-{number}.{'svg' if text.startswith('<svg') else 'html'}"
        path.write_text(text, encoding="utf-8")
        addresses[name] = path.as_uri()
    probe = folder / f"probe-{width}.html"
    probe.write_text(_PROBE % {"pages": json.dumps(addresses), "width": width}, encoding="utf-8")
    scheme = ["--blink-settings=preferredColorScheme=0"] if dark else []
    done = _run(
        "--dump-dom", "--virtual-time-budget=60000", f"--window-size={max(width, 800)},900", *scheme, probe.as_uri()
    )
    found = _RESULT.search(done.stdout)
    assert found is not None, done.stderr[-2000:]
    result: dict[str, Any] = json.loads(html.unescape(found[1]))
    assert set(result) == set(pages), result
    return result


def printed(page: Path) -> bytes:
    """Return the page as the browser prints it: a PDF."""
    path = page.with_suffix(".pdf")
    _run("--no-pdf-header-footer", f"--print-to-pdf={path}", page.as_uri())
    return path.read_bytes()
