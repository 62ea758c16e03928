"""The explorer of a synthetic run in a real browser: opened, clicked, filtered, searched, linked, exported."""

import csv
import io
import json
import shutil

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from phiscope import tables
from phiscope.explorer import page
from phiscope.explorer.gather import gather
from phiscope.words.numbers import significant
from tests.explorer.conftest import Explorer
from tests.explorer.synthetic import make

pytestmark = pytest.mark.xdist_group("browser")
FEW, MANY = 700, 100_000
BAR = {FEW: 2.0, MANY: 4.0}  # seconds on two cores; what is asserted leaves room for others on the machine
FILTER_BAR = 100  # milliseconds


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """(page, folder of the tables) of a run of a few hundred samples."""
    return built(tmp_path_factory.mktemp("small"), FEW)


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    return built(tmp_path_factory.mktemp("large"), MANY)


def built(folder, count):
    page.write(gather(make(folder / "tables", count)), folder / "explorer/index.html")
    return folder / "explorer/index.html", folder / "tables"


def read(folder, name, **where):
    frame = tables.read(folder / f"{name}.parquet")
    for key, value in where.items():
        frame = frame[frame[key] == value]
    return frame.sort_values("sample", ignore_index=True)


def exported(explorer, what="listed"):
    explorer.page.locator(".menu summary").click()
    with explorer.page.expect_download() as download:
        explorer.page.click(f"#export-{what}")
    text = download.value.path().read_text(encoding="utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def say(explorer, count):
    timings = explorer.run("phiscope.timings")
    print(f"\n{count:,} samples: ready in {timings['ready']:.0f} ms, filter {timings['filter']:.1f} ms, "
          f"sort {timings['sort']:.1f} ms")  # fmt: skip
    return timings


def test_everything_is_in_one_file_that_asks_nobody(opened, small):
    path, _ = small
    explorer = opened(path)
    assert not (path.parent / "data").exists()
    assert explorer.run("document.getElementById('listed').textContent") == f"{FEW} listed"
    assert len(explorer.listed) == FEW
    assert explorer.page.locator("#table-body .row:visible").count() > 15
    assert say(explorer, FEW)["ready"] < 5 * 1000 * BAR[FEW]


def test_a_click_on_a_point_opens_its_sample_with_the_numbers_of_the_tables(opened, small):
    path, folder = small
    explorer = opened(path, "#x=hull_distance&y=margin")
    margin, hull = read(folder, "features")["margin"], read(folder, "hulls")["distance"]
    row = int(np.argmax(margin))  # alone at the top
    box = explorer.page.locator("#overlay").bounding_box()
    place = explorer.run(
        "(() => { const own = (name) => phiscope.columns.find((each) => each.name === name).values;"
        "const [x, y] = ['hull_distance', 'margin'].map(own);"
        f"return [x[{row}], y[{row}], Math.max(...x), Math.max(...y)]; }})()"
    )
    # From the axes: they begin a little below 0 and end a little beyond the largest value.
    across = (place[0] + 0.015 * place[2]) / (1.045 * place[2])
    up = (place[1] + 0.015 * place[3]) / (1.045 * place[3])
    explorer.page.mouse.click(
        box["x"] + 46 + across * (box["width"] - 56), box["y"] + 10 + (1 - up) * (box["height"] - 40)
    )
    explorer.until("document.querySelector('#sample h2')?.textContent.startsWith('Test sample')")
    assert explorer.run("phiscope.state.row") == row
    shown = explorer.page.locator("#sample").inner_text()
    assert f"Test sample {row}" in shown
    assert significant(margin[row]) in shown
    assert significant(hull[row], 4) in shown
    supports = explorer.page.locator("#sample .support")
    own = read(folder, "hulls").loc[row]
    assert supports.count() == len(own["support_index"])
    label = f"training sample {own['support_index'][0]},"
    assert supports.first.get_attribute("aria-label").startswith(label)
    supports.first.click()
    explorer.until(f"document.querySelector('#sample h2').textContent === 'Training sample {own['support_index'][0]}'")


def test_margins_to_every_class_are_those_of_the_table(opened, small):
    path, folder = small
    explorer = opened(path, "#sample=41")
    explorer.until("document.querySelectorAll('#sample .bars').length > 5")
    lines = explorer.page.locator("#sample section:has(h3:text('Margin to every class')) .bars")
    own = read(folder, "margins", sample=41)
    assert lines.count() == len(own)
    for line, margin in zip(lines.all_inner_texts(), own.sort_values("other_class")["margin"], strict=True):
        assert abs(float(line.split()[-1]) - margin) <= 0.0006


def test_filters_list_what_pandas_does_and_their_link_reopens_it(opened, small):
    path, folder = small
    explorer = opened(path)
    explorer.page.click("#tab-brushes")
    card = explorer.page.locator('.brush[data-name="margin"]')
    card.scroll_into_view_if_needed()
    card.locator("input[type=number]").first.fill("1.5")
    card.locator("input[type=number]").last.fill("3")
    card.locator("input[type=number]").last.press("Tab")
    label = explorer.page.locator('.brush[data-name="label"]')
    label.scroll_into_view_if_needed()
    label.locator(".tick", has_text="class 3").locator("input").check()
    frame = read(folder, "features")
    wanted = frame[frame["margin"].between(1.5, 3) & (frame["label"] == 3)]
    assert explorer.listed == wanted["sample"].tolist()
    explorer.page.locator("#table-head button", has_text="margin").first.click()
    explorer.page.keyboard.press("ArrowDown")
    explorer.page.keyboard.press("s")
    ordered = wanted.sort_values("margin")["sample"].tolist()
    assert explorer.listed == ordered
    again = opened(path, explorer.link)
    assert again.listed == ordered
    assert again.run("phiscope.state.row") == ordered[0]
    assert again.run("[...phiscope.state.stars]") == [ordered[0]]
    assert again.link == explorer.link


def test_a_lasso_lists_what_lies_inside_and_is_in_the_link(opened, small):
    path, folder = small
    explorer = opened(path)
    box = explorer.page.locator("#overlay").bounding_box()
    corners = [(0.3, 0.4), (0.7, 0.4), (0.7, 0.8), (0.3, 0.8), (0.3, 0.4)]
    at = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in corners]
    explorer.page.mouse.move(*at[0])
    explorer.page.mouse.down()
    for x, y in at[1:]:
        explorer.page.mouse.move(x, y, steps=5)
    explorer.page.mouse.up()
    listed = explorer.listed
    points = np.array(explorer.run("phiscope.state.lasso.points"))
    low, high = points.min(axis=0), points.max(axis=0)
    hull, margin = read(folder, "hulls")["distance"], read(folder, "features")["margin"]
    inside = hull.between(low[0], high[0]) & margin.between(low[1], high[1])
    assert listed == np.flatnonzero(inside).tolist()
    assert 0 < len(listed) < FEW
    assert opened(path, explorer.link).listed == listed


def test_a_drag_over_a_histogram_filters_and_a_click_on_it_does_no_longer(opened, small):
    path, folder = small
    explorer = opened(path, "#tab=brushes")
    canvas = explorer.page.locator('.brush[data-name="margin"] canvas')
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    explorer.page.mouse.move(box["x"] + 0.2 * box["width"], box["y"] + 10)
    explorer.page.mouse.down()
    explorer.page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 10, steps=6)
    explorer.page.mouse.up()
    low, high = explorer.run("phiscope.state.filters.margin.range")
    margin = read(folder, "features")["margin"]
    wide = margin.max() - margin.min()
    assert low == pytest.approx(margin.min() + 0.2 * wide, abs=0.01 * wide)
    assert high == pytest.approx(margin.min() + 0.5 * wide, abs=0.01 * wide)
    assert explorer.listed == np.flatnonzero(margin.between(low, high)).tolist()
    canvas.click()
    assert len(explorer.listed) == FEW


def test_the_wheel_zooms_and_the_link_keeps_it(opened, small):
    path, _ = small
    explorer = opened(path, "#log=x&colour=confidence")
    box = explorer.page.locator("#overlay").bounding_box()
    explorer.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    for _ in range(3):
        explorer.page.mouse.wheel(0, -300)
    explorer.until("phiscope.state.zoom")
    explorer.settle()
    again = opened(path, explorer.link)
    assert again.run("phiscope.state.zoom") == explorer.run("phiscope.state.zoom")
    assert again.run("[phiscope.state.xlog, phiscope.state.colour]") == [True, "confidence"]
    explorer.page.dblclick("#overlay", position={"x": 60, "y": 20})
    assert explorer.run("phiscope.state.zoom") is None


def test_a_question_lists_its_answer_and_a_sample_says_why(opened, small):
    path, folder = small
    explorer = opened(path)
    explorer.page.click('[data-question="ambiguous"]')
    difference = read(folder, "features")["margin"] - read(folder, "hulls")["distance"]
    assert explorer.listed == difference.sort_values(kind="stable").index[:50].tolist()
    explorer.page.keyboard.press("ArrowDown")
    explorer.until("document.querySelector('.reasons')?.textContent.includes('50 most ambiguous (1 of 50)')")


def test_a_cell_of_the_heat_map_lists_its_samples(opened, small):
    path, folder = small
    explorer = opened(path)
    frame = read(folder, "features")
    wrong = frame[frame["label"] != frame["predicted"]].iloc[0]
    explorer.page.click(f'[aria-label^="class {wrong["label"]} taken for class {wrong["predicted"]}:"]')
    same = frame[(frame["label"] == wrong["label"]) & (frame["predicted"] == wrong["predicted"])]
    assert explorer.listed == same["sample"].tolist()


def test_the_strip_of_classes_has_the_medians_of_the_tables(opened, small):
    path, folder = small
    explorer = opened(path)
    explorer.until("/\\d/.test(document.querySelector('.strip tbody tr td:last-child')?.textContent)")
    rows = [
        [cell.strip() for cell in line.split("\t")]
        for line in explorer.page.locator(".strip tbody tr").all_inner_texts()
    ]
    frame = read(folder, "features").assign(hull=read(folder, "hulls")["distance"])
    for (name, count, accuracy, margin, hull), (label, own) in zip(rows, frame.groupby("label"), strict=True):
        assert (name, int(count)) == (f"class {label}", len(own))
        assert float(accuracy.split()[0]) == pytest.approx(100 * (own["label"] == own["predicted"]).mean(), abs=0.06)
        assert float(margin) == pytest.approx(own["margin"].median(), abs=0.006)
        assert float(hull) == pytest.approx(own["hull"].median(), abs=0.006)


def test_search_and_keys(opened, small):
    path, _ = small
    explorer = opened(path)
    explorer.page.keyboard.press("/")
    explorer.page.keyboard.type("123")
    explorer.page.keyboard.press("Enter")
    explorer.until("phiscope.state.row === 123")
    explorer.page.keyboard.press("s")
    explorer.page.keyboard.press("ArrowDown")
    explorer.page.keyboard.press("s")
    assert explorer.run("[...phiscope.state.stars]") == [123, 124]
    explorer.page.keyboard.press("Escape")
    assert explorer.run("phiscope.state.row") is None
    explorer.page.keyboard.press("/")
    explorer.page.keyboard.type("000077/</script>")
    explorer.until("document.querySelectorAll('#offers [role=option]').length === 1")
    explorer.page.keyboard.press("Enter")
    explorer.until("phiscope.state.row === 77")
    assert [each["sample"] for each in exported(explorer, "stars")] == ["123", "124"]


def test_the_export_is_the_parquet_table_to_the_last_digit(opened, small):
    path, folder = small
    explorer = opened(path, "#sort=~margin&f.margin=2..")
    assert_export_is_the_table(exported(explorer), folder, explorer.listed)


def assert_export_is_the_table(rows, folder, listed):
    features, hulls = read(folder, "features"), read(folder, "hulls")
    files = read(folder, "samples", split="test")["file"]
    assert [int(row["sample"]) for row in rows] == listed
    own = pd.DataFrame(rows)
    assert own["margin"].astype(float).tolist() == features["margin"][listed].tolist()
    assert own["hull_distance"].astype(float).tolist() == hulls["distance"][listed].tolist()
    assert own["file"].tolist() == files[listed].tolist()
    assert own["label"].tolist() == [f"class {label}" for label in features["label"][listed]]


def test_names_that_hold_markup_are_text(opened, small):
    path, _ = small
    explorer = opened(path, "#sample=5")
    explorer.until("document.querySelector('#sample .file')")
    assert explorer.page.locator("#sample .file").inner_text() == '000005/</script><b>, "5".png'
    assert explorer.page.locator("#table-body b").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_narrow_screen_shows_one_part_at_a_time_and_scrolls_down_only(opened, small, scheme):
    path, _ = small
    explorer = opened(path, width=390, color_scheme=scheme)
    for pane, shown in {"plot": "#plot", "filters": "#classes", "list": "#table", "sample": "#sample"}.items():
        explorer.page.click(f"#go-{pane}")
        for other in ("#plot", "#classes", "#table", "#sample"):
            assert explorer.page.locator(other).is_visible() == (other == shown)
        assert explorer.run("document.documentElement.scrollWidth") <= 390
    explorer.page.click("#go-list")
    explorer.page.locator("#table-body .row").nth(2).click()
    explorer.until("document.querySelector('#sample h2')?.checkVisibility()")


@pytest.mark.parametrize("webgl", [True, False])
def test_points_are_drawn_with_webgl_and_without(opened, small, webgl):
    path, _ = small
    explorer = opened(path, "#colour=outcome", webgl=webgl)
    explorer.settle()
    picture = Image.open(io.BytesIO(explorer.page.locator("#plot").screenshot())).convert("RGB")
    pixels = np.asarray(picture).reshape(-1, 3).astype(int)
    right, wrong = (np.abs(pixels - ink).sum(axis=1) < 60 for ink in ((47, 135, 189), (213, 94, 0)))
    assert right.sum() > 5 * FEW
    assert 30 < wrong.sum() < right.sum()


def test_a_hundred_thousand_samples(opened, large):
    path, folder = large
    explorer = opened(path, webgl=True)
    assert path.stat().st_size < 10e6
    assert len(explorer.listed) == MANY
    explorer.run("phiscope.change({filters: {margin: {range: [2, 4]}}})")
    margin = read(folder, "features")["margin"]
    assert explorer.listed == np.flatnonzero(margin.between(2, 4)).tolist()
    explorer.run("phiscope.change({sort: {column: 'hull_distance', descending: true}})")
    explorer.settle()
    times = []
    for low in (5.2, 5.4, 5.6, 5.8, 6):
        explorer.run(f"phiscope.change({{filters: {{margin: {{range: [{low}, 9]}}}}}})")
        explorer.settle()
        times.append(explorer.run("phiscope.timings.filter"))
    timings = say(explorer, MANY)
    print(f"filters: {', '.join(f'{time:.0f}' for time in times)} ms")
    assert min(times) < FILTER_BAR  # the others say how busy the machine is
    assert timings["ready"] < 5 * 1000 * BAR[MANY]
    listed = explorer.listed
    distance = read(folder, "hulls")["distance"]
    assert listed == distance[margin.between(6, 9)].sort_values(ascending=False).index.tolist()
    explorer.page.locator("#table-body .row").first.click()
    explorer.until("document.querySelectorAll('#sample .support').length === 4")
    explorer.until("[...document.querySelectorAll('#sample .support i')].every((own) => own.style.backgroundImage)")
    assert_export_is_the_table(exported(explorer), folder, listed)
    assert opened(path, explorer.link).listed == listed


def test_a_script_that_is_missing_is_said(chromium, large, tmp_path):
    path, _ = large
    shutil.copy(path, tmp_path / "index.html")
    context = chromium.new_context()
    explorer = Explorer(context, tmp_path / "index.html", "#sample=5")
    explorer.until(
        "document.getElementById('sample').textContent.includes('is not there: it belongs beside this page')"
    )
    context.close()


def test_the_page_says_what_it_holds(small):
    path, _ = small
    text = path.read_text(encoding="utf-8")
    manifest = json.loads(text.partition('id="manifest">')[2].partition("</script>")[0])
    assert manifest["rows"] == FEW
    assert {"margin", "hull_distance", "data_exposure", "data_camera"} <= {each["name"] for each in manifest["columns"]}
