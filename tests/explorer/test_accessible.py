"""Pages of a finished run, as axe-core judges them: aloud, by keyboard, in both colour schemes, wide and narrow."""

import pytest

pytestmark = [pytest.mark.workflow, pytest.mark.xdist_group("workflow")]

PAGES = ("report", "denoising", "functions", "explorer/index")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_pages_can_be_read_by_everybody(finished, chromium, width, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed").Axe()
    size = {"width": width, "height": 844}
    context = chromium.new_context(viewport=size, color_scheme=scheme, bypass_csp=True)
    try:
        for name in PAGES:
            page = context.new_page()
            page.goto((finished.results / f"{name}.html").resolve().as_uri())
            page.wait_for_load_state()
            found = axe.run(page).response["violations"]
            said = [(each["id"], each["nodes"][0]["html"][:200]) for each in found]
            assert not said, f"{name}: {said}"
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{name} scrolls sideways"
    finally:
        context.close()
