"""The report in headless Chromium: nothing runs, nothing is requested, all works."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import pytest
from axe_core_python.selenium import Axe
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select

from refugee_adaptation.report.marts import Marts
from refugee_adaptation.report.page import render
from refugee_adaptation.report.texts import texts
from report_marts import HOSTILE, small_build, small_network

pytestmark = pytest.mark.browser

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--window-size=1200,1000",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[webdriver.Chrome]:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    driver = shutil.which("chromedriver")
    if found is None or driver is None:
        pytest.skip("no Chromium with chromedriver on this machine")
    options = webdriver.ChromeOptions()
    options.binary_location = found
    for flag in FLAGS:
        options.add_argument(flag)
    options.set_capability(
        "goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"}
    )
    service = webdriver.ChromeService(driver)
    chrome = webdriver.Chrome(options=options, service=service)
    yield chrome
    chrome.quit()


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    database = small_build(folder / "small.duckdb")
    connection = duckdb.connect(str(database))
    connection.execute(
        """
        alter table fct_posts add column body varchar;

        insert into rejected_rows
        select 'post', ['reason ' || i], ['reason ' || i]
        from range(20) as numbers (i);
        """
    )
    connection.close()
    small_network(database)
    out = folder / "report.html"
    with Marts(database) as marts:
        out.write_text(render(marts), "utf-8")
    return out


def wait(until: Callable[[], object], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.05)


@pytest.fixture
def opened(browser: webdriver.Chrome, page: Path) -> webdriver.Chrome:
    browser.get_log("browser")
    browser.get_log("performance")
    browser.get(page.as_uri())
    # a page that is still gliding moves away under the mouse
    browser.execute_script("document.documentElement.style.scrollBehavior = 'auto'")
    network = browser.find_element(By.ID, "network")
    browser.execute_script("arguments[0].scrollIntoView()", network)
    wait(lambda: network.get_attribute("data-ready") == "true")
    return browser


def part(browser: webdriver.Chrome, name: str) -> WebElement:
    return browser.find_element(By.CSS_SELECTOR, f'[data-part="{name}"]')


def problems(browser: webdriver.Chrome) -> list[str]:
    return [
        entry["message"]
        for entry in browser.get_log("browser")
        if entry["level"] in {"SEVERE", "WARNING"}
    ]


def middle(browser: webdriver.Chrome, element: WebElement) -> WebElement:
    """Bring an element to the middle of the window: nothing covers it there."""
    browser.execute_script(
        "arguments[0].scrollIntoView({block: 'center', behavior: 'instant'})", element
    )
    return element


def click(browser: webdriver.Chrome, element: WebElement) -> None:
    """Click with the mouse."""
    middle(browser, element).click()


def choices(browser: webdriver.Chrome, name: str) -> Select:
    """The choices of a part of the network, where the mouse reaches them."""
    return Select(middle(browser, part(browser, name)))


def requests(browser: webdriver.Chrome) -> list[str]:
    messages = [
        json.loads(entry["message"])["message"]
        for entry in browser.get_log("performance")
    ]
    return [
        message["params"]["request"]["url"]
        for message in messages
        if message["method"] == "Network.requestWillBeSent"
    ]


def test_nothing_runs_and_nothing_is_requested(
    opened: webdriver.Chrome, page: Path
) -> None:
    part(opened, "rows").find_element(By.TAG_NAME, "button").send_keys(Keys.ENTER)
    wait(lambda: part(opened, "panel").text)
    assert opened.execute_script("return window.ran") is None
    assert problems(opened) == []
    outside = [u for u in requests(opened) if not u.startswith("data:")]
    assert set(outside) <= {page.as_uri()}


def test_the_checks_see_what_they_look_for(
    browser: webdriver.Chrome, tmp_path: Path
) -> None:
    bad = tmp_path / "bad.html"
    bad.write_text('<img src="http://127.0.0.1:9/x.png" onerror="window.ran = true">')
    browser.get_log("performance")
    browser.get(bad.as_uri())
    wait(lambda: browser.execute_script("return window.ran"))
    assert problems(browser) != []
    assert "http://127.0.0.1:9/x.png" in requests(browser)


def test_hostile_titles_are_read_as_text(opened: webdriver.Chrome) -> None:
    part(opened, "rows").find_element(By.TAG_NAME, "button").send_keys(Keys.ENTER)
    wait(lambda: part(opened, "panel").text)
    panel = part(opened, "panel")
    assert HOSTILE[0] in panel.text
    assert panel.find_elements(By.TAG_NAME, "script") == []
    assert opened.find_elements(By.TAG_NAME, "img") == []


def test_filters_change_who_is_shown(opened: webdriver.Chrome) -> None:
    assert part(opened, "status").text.startswith("30 people and 27 ties")
    choices(opened, "community").select_by_index(1)
    wait(lambda: part(opened, "status").text.startswith("10 people and 9 ties"))
    choices(opened, "kind").select_by_value("shared_hashtag")
    wait(lambda: part(opened, "status").text.startswith("30 people"))


def test_search_finds_a_pseudonym(opened: webdriver.Chrome) -> None:
    part(opened, "search").send_keys(f"{5 * 4096:016x}")
    click(opened, opened.find_element(By.CSS_SELECTOR, '[data-part="form"] button'))
    wait(lambda: part(opened, "found").text == "1 found")
    wait(lambda: f"{5 * 4096:016x}" in part(opened, "panel").text)
    part(opened, "search").clear()
    part(opened, "search").send_keys("nobody")
    click(opened, opened.find_element(By.CSS_SELECTOR, '[data-part="form"] button'))
    wait(lambda: part(opened, "found").text.startswith("nobody here"))
    # nobody of the last search is left in the panel
    assert part(opened, "panel").text == ""


@pytest.mark.parametrize(("wanted", "found"), [("onerror", 30), ("circle", 0)])
def test_search_finds_a_circle_by_its_name(
    opened: webdriver.Chrome, wanted: str, found: int
) -> None:
    part(opened, "search").send_keys(wanted)
    click(opened, opened.find_element(By.CSS_SELECTOR, '[data-part="form"] button'))
    said = f"{found} found" if found else "nobody here"
    wait(lambda: part(opened, "found").text.startswith(said))


def test_search_finds_who_shares_a_hashtag(opened: webdriver.Chrome) -> None:
    choices(opened, "kind").select_by_value("shared_hashtag")
    part(opened, "search").send_keys("#<script>")
    click(opened, opened.find_element(By.CSS_SELECTOR, '[data-part="form"] button'))
    wait(lambda: part(opened, "found").text == "30 found")


def test_a_person_is_shown_with_their_ties(opened: webdriver.Chrome) -> None:
    part(opened, "rows").find_element(By.TAG_NAME, "button").send_keys(Keys.ENTER)
    wait(lambda: part(opened, "panel").text)
    # the first of a chain in which each is tied to the one three places on
    assert len(chosen_lines(opened)) == 1
    people = "Bokeh.documents[0].get_model_by_name('nodes').selected.indices"
    assert len(opened.execute_script(f"return {people}")) == 2


def test_buttons_zoom_and_show_all_again(opened: webdriver.Chrome) -> None:
    width = (
        "const range = Bokeh.documents[0].get_model_by_name('across');"
        "return range.end - range.start"
    )
    before = opened.execute_script(width)
    click(opened, part(opened, "closer"))
    wait(lambda: opened.execute_script(width) < before)
    click(opened, part(opened, "reset"))
    wait(lambda: opened.execute_script(width) == pytest.approx(before))


EDGES = "Bokeh.documents[0].get_model_by_name('edges')"


def tap_on_a_line(browser: webdriver.Chrome, at: int) -> None:
    """Click on the middle of a line of the network."""
    stage = middle(browser, browser.find_element(By.ID, "network-plot"))
    x, y = browser.execute_script(
        f"""
        const {{x0, y0, x1, y1}} = {EDGES}.data, box = arguments[0];
        const named = (name) => Bokeh.documents[0].get_model_by_name(name);
        const across = named("across"), up = named("up"), at = arguments[1];
        const part = (at, range) => (at - range.start) / (range.end - range.start);
        return [
          (part((x0[at] + x1[at]) / 2, across) - 0.5) * box.clientWidth,
          (0.5 - part((y0[at] + y1[at]) / 2, up)) * box.clientHeight,
        ];
        """,
        stage,
        at,
    )
    moved = ActionChains(browser).move_to_element_with_offset(stage, round(x), round(y))
    moved.click().perform()


def chosen_lines(browser: webdriver.Chrome) -> list[int]:
    found: list[int] = browser.execute_script(f"return {EDGES}.selected.indices")
    return found


def test_a_tap_chooses_one_tie_and_shows_it(opened: webdriver.Chrome) -> None:
    tap_on_a_line(opened, 0)
    wait(lambda: part(opened, "panel").text)
    assert part(opened, "panel").text.startswith("The posts behind this tie")
    assert len(chosen_lines(opened)) == 1
    (line,) = chosen_lines(opened)
    users = opened.execute_script(
        f"""
        const kind = JSON.parse(document.getElementById("network-data").textContent)
          .kinds[0];
        const tie = kind.ties[{EDGES}.data.at[arguments[0]]];
        return [kind.people[tie[0]][0], kind.people[tie[1]][0]];
        """,
        line,
    )
    assert all(user in part(opened, "panel").text for user in users)


def test_another_language_keeps_what_was_chosen(opened: webdriver.Chrome) -> None:
    choices(opened, "community").select_by_index(1)
    wait(lambda: part(opened, "status").text.startswith("10 people"))
    click(opened, part(opened, "closer"))
    part(opened, "rows").find_element(By.TAG_NAME, "button").send_keys(Keys.ENTER)
    wait(lambda: "neighbours" in part(opened, "panel").text)
    width = "return Bokeh.documents[0].get_model_by_name('across').end"
    before = opened.execute_script(width)
    opened.find_element(By.ID, "chinese").send_keys(Keys.SPACE)
    wait(lambda: "\u90bb\u5c45" in part(opened, "panel").text)
    assert choices(opened, "community").first_selected_option.text.endswith("(10)")
    assert part(opened, "status").text.startswith("\u663e\u793a 10 \u4eba")
    assert opened.execute_script(width) == before


def test_a_filter_leaves_nobody_of_another_community_in_the_panel(
    opened: webdriver.Chrome,
) -> None:
    part(opened, "rows").find_element(By.TAG_NAME, "button").send_keys(Keys.ENTER)
    wait(lambda: part(opened, "panel").text)
    choices(opened, "community").select_by_index(2)
    wait(lambda: part(opened, "panel").text == "")
    assert part(opened, "status").text == "10 people and 9 ties shown"


def test_colours_of_the_network_are_those_of_the_scheme(
    opened: webdriver.Chrome,
) -> None:
    outline = "return Bokeh.documents[0].get_model_by_name('people').glyph.line_color"

    def drawn() -> str:
        found = opened.execute_script(f"{outline}.value")
        return str(found)

    assert drawn() == "#fdfdfc"
    scheme = {"name": "prefers-color-scheme", "value": "dark"}
    opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
    try:
        wait(lambda: drawn() == "#16181b", 20)
    finally:
        opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_the_language_switch_shows_one_language(opened: webdriver.Chrome) -> None:
    def shown(language: str) -> list[bool]:
        headings = opened.find_elements(By.CSS_SELECTOR, f'h2 span[lang="{language}"]')
        return [heading.is_displayed() for heading in headings]

    def of_the_page() -> tuple[str | None, str]:
        root = opened.find_element(By.TAG_NAME, "html")
        return root.get_attribute("lang"), opened.title

    assert all(shown("en"))
    assert not any(shown("zh-Hans"))
    assert of_the_page() == ("en", texts()["page.title"]["en"])
    opened.find_element(By.ID, "chinese").send_keys(Keys.SPACE)
    assert all(shown("zh-Hans"))
    assert not any(shown("en"))
    assert of_the_page() == ("zh-Hans", texts()["page.title"]["zh"])


UNFOLD = "for (const one of document.querySelectorAll('details')) one.open = true"


def test_a_long_table_shows_all_rows_on_request(opened: webdriver.Chrome) -> None:
    opened.execute_script(UNFOLD)
    long = opened.find_element(By.CSS_SELECTOR, ".table.long")
    rows = long.find_elements(By.CSS_SELECTOR, "tbody tr")
    assert len(rows) > 12
    assert [row.is_displayed() for row in rows] == [n < 10 for n in range(len(rows))]
    click(opened, opened.find_element(By.CSS_SELECTOR, ".table.long + .all input"))
    wait(lambda: all(row.is_displayed() for row in rows))


def test_a_wide_table_is_a_list_of_cards_on_a_phone(opened: webdriver.Chrome) -> None:
    opened.execute_script(UNFOLD)
    cell = opened.find_element(By.CSS_SELECTOR, ".stacked tbody td")
    label = "return getComputedStyle(arguments[0], '::before').content"
    wanted = f'"{cell.get_attribute("data-en")}"'
    assert opened.execute_script(label, cell) == "none"
    metrics = {"width": 390, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    opened.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        wait(lambda: opened.execute_script(label, cell) == wanted, 20)
    finally:
        opened.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_a_link_keeps_the_language(opened: webdriver.Chrome, page: Path) -> None:
    opened.find_element(By.ID, "chinese").send_keys(Keys.SPACE)
    wait(lambda: "lang=zh" in opened.current_url)
    for link in ("?lang=zh", "#lang=zh", "?lang=zh#topics"):
        opened.get("about:blank")
        opened.get(page.as_uri() + link)
        root = opened.find_element(By.TAG_NAME, "html")
        assert root.get_attribute("lang") == "zh-Hans"


def test_a_figure_is_downloaded_as_it_is_shown(
    opened: webdriver.Chrome, page: Path, tmp_path: Path
) -> None:
    allowed = {"behavior": "allow", "downloadPath": str(tmp_path)}
    opened.execute_cdp_cmd("Browser.setDownloadBehavior", allowed)
    opened.find_element(By.ID, "chinese").send_keys(Keys.SPACE)
    figure = opened.find_element(By.CSS_SELECTOR, "figure")
    for button in figure.find_elements(By.CSS_SELECTOR, "[data-get]"):
        click(opened, button)
    name = figure.get_attribute("id")
    files = {kind: tmp_path / f"{name}.{kind}" for kind in ("svg", "png", "csv")}
    wait(lambda: all(file.is_file() for file in files.values()))
    svg = files["svg"].read_text("utf-8")
    # on its own: colours for variables, one language, its title and its source
    assert "var(--" not in svg
    assert "lang=" not in svg.replace("xml:lang", "")
    assert figure.find_element(By.TAG_NAME, "h3").text in svg.replace("\n", "")
    assert "\u6765\u6e90\uff1a" in svg
    assert files["png"].read_bytes().startswith(b"\x89PNG")
    assert files["csv"].read_text("utf-8-sig").count("\n") > 1
    outside = {u for u in requests(opened) if not u.startswith(("data:", "blob:"))}
    assert outside <= {page.as_uri()}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["english", "chinese"])
def test_everybody_can_read_and_use_the_page(
    opened: webdriver.Chrome, scheme: str, language: str
) -> None:
    preferred = {"name": "prefers-color-scheme", "value": scheme}
    opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [preferred]})
    try:
        opened.find_element(By.ID, language).send_keys(Keys.SPACE)
        opened.execute_script(UNFOLD)
        found = Axe().run(opened)
    finally:
        opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert len(found["passes"]) > 20
    assert [
        (broken["id"], node["html"])
        for broken in found["violations"]
        for node in broken["nodes"]
    ] == []


def test_the_first_paint_comes_within_a_second(opened: webdriver.Chrome) -> None:
    painted = opened.execute_script(
        "return performance.getEntriesByName('first-contentful-paint')[0].startTime"
    )
    assert 0 < painted < 1000


@pytest.mark.parametrize("width", [1440, 768, 390])
def test_the_page_never_scrolls_sideways(opened: webdriver.Chrome, width: int) -> None:
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    opened.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        scrolled = "return document.documentElement.scrollWidth"
        wait(lambda: opened.execute_script(scrolled) <= width, 20)
    finally:
        opened.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
