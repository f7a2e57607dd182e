"""A real browser for tests: pages at a width, what the console said, axe, overflow. Every test has the fixtures.

`page_at(390)` gives a page (a phone), `page_at(1280, dark=True, javascript=False)` what the names say. Whatever the console
or the policy complained about stands in `page.troubles`, and the test fails at its end when something is there.
`server` serves the portal from this process; `sign_in(page, server, person)` puts a session into the page's cookies.
`show(page, html)` shows a string as if the portal had sent it, under the portal's policy and without a server.
"""

import json
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary, WeakSet

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test.testcases import QuietWSGIRequestHandler
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, Route, expect, sync_playwright

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # The address bar loads two pages of its own for each context, at more cost than ours. The last such list counts, so
    # Playwright's is repeated, but for what belongs to another system or browser.
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,AvoidUnnecessaryBeforeUnloadCheckSync,"
    "DestroyProfileOnBrowserClose,HttpsUpgrades,HttpsFirstBalancedModeAutoEnable,LensOverlay,MediaRouter,PaintHolding,"
    "ThirdPartyStoragePartitioning,AvoidCorsURLLoaderRestartOnRedirect,OptimizationHints,NetworkTimeServiceQuerying,"
    "AimEnabled,PreconnectToSearch",
]
ORIGIN = "http://localhost"  # a secure context, so that copying and hashing work
HEIGHT = {1280: 860, 390: 844}
LONG = 30  # seconds until something that does not happen is given up: a busy machine is slow, and a pass never waits so long
THREADS = 32  # of the server
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

PageAt = Callable[..., Page]
GIVEN_AXE: WeakSet[Page] = WeakSet()
PROTOCOLS: WeakKeyDictionary[Page, CDPSession] = WeakKeyDictionary()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole session; a machine without it skips nothing but says what is missing."""
    if not Path(CHROMIUM).exists():
        pytest.fail(f"browser tests need Chromium at {CHROMIUM} (Debian package chromium), or CHROMIUM=/path/to/it")
    # While Playwright runs, its loop counts as running in this thread. Django would then call every query "async" (nothing
    # here is), and keeps the connections made before, during and after it apart: close them, or nobody ever does.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=LONG * 1000)
    connections.close_all()
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()
        connections.close_all()


@pytest.fixture
def page_at(browser: Browser) -> Iterator[PageAt]:
    """Makes pages of a width; afterwards every page must have been quiet."""
    contexts: list[BrowserContext] = []
    pages: list[Page] = []

    def make(width: int = 1280, *, dark: bool = False, javascript: bool = True, **options: Any) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": HEIGHT.get(width, 900)},
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            reduced_motion="reduce",
            has_touch=width < 600,
            is_mobile=width < 600,
            **options,
        )
        context.set_default_timeout(LONG * 1000)
        contexts.append(context)
        page = context.new_page()
        page.troubles = []  # type: ignore[attr-defined]
        _listen(page)
        pages.append(page)
        return page

    yield make
    troubles = [trouble for page in pages for trouble in page.troubles]  # type: ignore[attr-defined]
    for context in contexts:
        context.close()
    assert troubles == [], "the browser complained"


def _listen(page: Page) -> None:
    """Collect what a page must not do: console errors (also of the policy), exceptions, answers of 500 and missing files."""
    troubles: list[str] = page.troubles  # type: ignore[attr-defined]

    def console(message: Any) -> None:
        # A 4xx that the test asked for shows up here too; `response` judges those by what was asked for.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            troubles.append(f"{message.type}: {message.text}")

    def response(answer: Any) -> None:
        path = urlsplit(answer.url).path
        if answer.status >= 500 or (answer.status == 404 and path.startswith("/static/")):
            troubles.append(f"{answer.status}: {path}")

    page.on("console", console)
    page.on("pageerror", lambda error: troubles.append(f"exception: {error}"))
    page.on("response", response)


def show(
    page: Page, html: str, path: str = "/shown/", theme: str = "", fragments: dict[str, tuple[int, str]] | None = None
) -> None:
    """Open `html` at `path` under the portal's Content-Security-Policy; static files come from where Django finds them.

    `theme` is the certifier's theme.css; `fragments` are what htmx gets: path → (status, HTML).
    """

    def answer(route: Route) -> None:
        asked = urlsplit(route.request.url).path
        if asked == path:
            route.fulfill(body=html, content_type="text/html; charset=utf-8", headers=policy())
        elif asked.startswith(settings.STATIC_URL) and (found := finders.find(asked.removeprefix(settings.STATIC_URL))):
            route.fulfill(path=found)
        elif fragments and asked in fragments:
            status, fragment = fragments[asked]
            route.fulfill(status=status, body=fragment, content_type="text/html; charset=utf-8", headers=policy())
        elif asked.endswith("/theme.css"):
            route.fulfill(body=theme, content_type="text/css")
        else:
            route.fulfill(status=404, body="")

    page.unroute_all()
    page.route("**/*", answer)
    page.goto(ORIGIN + path, wait_until="load")


def resize(page: Page, width: int) -> None:
    """Make a desk of a phone, or a phone again, without opening the page anew: its size and its pointer."""
    page.set_viewport_size({"width": width, "height": HEIGHT[width]})
    if page not in PROTOCOLS:
        PROTOCOLS[page] = page.context.new_cdp_session(page)  # what it sets lasts as long as it does
    PROTOCOLS[page].send("Emulation.setTouchEmulationEnabled", {"enabled": width < 600})


def policy() -> dict[str, str]:
    """The portal's policy as a header."""
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    text = "; ".join(f"{name} {' '.join(map(str, values))}" for name, values in directives.items())
    return {"Content-Security-Policy": text}


def wait_until(page: Page, condition: str, seconds: float = LONG) -> None:
    """Wait for a JavaScript function to return true. Playwright's own wait_for_function evaluates strings inside the page,
    which the policy forbids."""
    met = page.evaluate(
        f"""async (limit) => {{ const met = {condition};
          for (const end = Date.now() + limit; Date.now() < end; await new Promise((go) => setTimeout(go, 25))) if (met()) return true;
          return met(); }}""",
        seconds * 1000,
    )
    assert met, f"not within {seconds} s: {condition}"


def assert_accessible(page: Page, *, but: tuple[str, ...] = (), only: tuple[str, ...] = ()) -> None:
    """No violation of WCAG 2.0 to 2.2 A and AA nor of axe's best practices on the page as it is now.

    `but` names rules that do not apply, for example to a fragment; say why where you use it. `only` asks for some rules
    alone, for example color-contrast after switching to the dark scheme.
    """
    if not page.evaluate("!!window.axe"):
        if page not in GIVEN_AXE:  # what this page opens later has it from the start: sending it is dearer than a run
            GIVEN_AXE.add(page)
            page.add_init_script(AXE)
        page.evaluate(AXE)
    what: object = {"type": "rule", "values": list(only)} if only else {"type": "tag", "values": RULES}
    options = {"runOnly": what, "resultTypes": ["violations"], "rules": {rule: {"enabled": False} for rule in but}}
    found = page.evaluate("options => axe.run(document, options).then(result => result.violations)", options)
    told = [
        f"{rule['id']}: {node['html'][:160]} ({(node.get('failureSummary') or '').replace(chr(10), ' ')[:240]})"
        for rule in found
        for node in rule["nodes"]
    ]
    assert told == [], "\n".join(["axe found:", *told])


def assert_no_overflow(page: Page) -> None:
    """Nothing makes the page scroll sideways, or is cut off by a box; names the first elements that stick out."""
    wide = page.evaluate(
        """() => {
          const edge = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= edge) return [];
          const inScroller = (e) => { for (let p = e.parentElement; p; p = p.parentElement)
            if (["auto", "scroll", "hidden"].includes(getComputedStyle(p).overflowX)) return true; return false; };
          return [...document.body.querySelectorAll("*")]
            .filter((e) => e.getBoundingClientRect().right > edge + 1 && !inScroller(e))
            .slice(0, 5).map((e) => e.outerHTML.slice(0, 120));
        }"""
    )
    needed, given = page.evaluate("document.documentElement.scrollWidth"), (page.viewport_size or {})["width"]
    assert needed <= given, f"{needed} px wide on {given}: {json.dumps(wide, indent=1)}"
    cut = page.evaluate(
        """() => [...document.body.querySelectorAll(".sheet *")]
          .filter((e) => ["hidden", "clip"].includes(getComputedStyle(e).overflowX) && e.clientWidth > 2)
          .filter((e) => e.scrollWidth > e.clientWidth + 1 && !e.matches(".sr, input, select, textarea, svg"))
          .map((e) => e.outerHTML.slice(0, 200))"""
    )
    assert cut == [], f"cut off at the right: {cut}"


def assert_light(page: Page) -> None:
    """A first visit takes at most 100 KB, compressed: the page with its style, font and scripts, without pictures of papers."""
    weights = page.evaluate(
        """async () => {
          const squeezed = async (blob) => (await new Response(blob.stream().pipeThrough(new CompressionStream("gzip"))).blob()).size;
          const weights = {page: await squeezed(new Blob([document.documentElement.outerHTML]))};
          for (const { name, initiatorType } of performance.getEntriesByType("resource"))
            if (new URL(name).origin === location.origin && !["img", "fetch", "xmlhttprequest"].includes(initiatorType))
              weights[name] = await squeezed(await (await fetch(name)).blob());
          return weights;
        }"""
    )
    assert len(weights) > 2, weights  # a page has at least its style sheet and its font
    assert sum(weights.values()) <= 100_000, json.dumps(weights, indent=1)


class _OneRequest(QuietWSGIRequestHandler):
    """One request per connection: a browser that keeps its connection would keep a thread of the server too."""

    protocol_version = "HTTP/1.0"


class _Portal(ThreadedWSGIServer):
    """Serves with threads that stay, and with them their connections to the database: to open one for each request is dear."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _OneRequest)
        # More than a browser opens at once, also those that it holds ready; an idle one is taken before another is made.
        self._pool = ThreadPoolExecutor(THREADS)
        self._opened: set[BaseDatabaseWrapper] = set()

    def process_request(self, request: Any, client_address: Any) -> None:
        """In the place of a thread for each."""
        self._pool.submit(self.process_request_thread, request, client_address)

    def _close_connections(self) -> None:
        """After a request: close nothing, but know what there is to close."""
        self._opened.update(connections.all(initialized_only=True))

    def server_close(self) -> None:
        """Wait for what is being answered; no connection to the database stays open."""
        super().server_close()
        self._pool.shutdown()
        for connection in self._opened:
            connection.inc_thread_sharing()  # their threads have ended
            connection.close()


@pytest.fixture
def server(committed: None) -> Iterator[str]:
    """The portal, served by threads of this process on a port of its own; gives its address without a slash."""
    httpd = _Portal()
    httpd.set_app(WSGIHandler())  # WhiteNoise inside it serves the static files
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://localhost:{httpd.server_port}"
    httpd.shutdown()
    httpd.server_close()
    thread.join()


def sign_in(page: Page, server: str, person: Any) -> None:
    """Put the session of `person` into the page's cookies."""
    from tests.factories import signed_in

    value = signed_in(person).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": server}])
