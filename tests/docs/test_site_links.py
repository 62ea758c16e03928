"""What the site does with links, and what it refuses: links to nothing, and requests to other hosts."""

import pytest

from tools.docs import links, requests


@pytest.mark.parametrize(
    ("source", "link", "there"),
    [
        ("index.md", "[a](hull.md#the-certificate)", "[a](hull.md#the-certificate)"),
        ("results/README.md", "[a](../hull.md)", "[a](../hull.md)"),
        ("hull.md", "[a](../Makefile)", "[a](repository/Makefile)"),
        ("results/README.md", "[a](../../CITATION.cff)", "[a](../repository/CITATION.cff)"),
        ("repository/README.md", "[a](docs/hull.md)", "[a](../hull.md)"),
        ("repository/README.md", "[a](docs/results)", "[a](../results/README.md)"),
        ("index.md", "[a](../tests)", "a"),
        ("index.md", "[a](https://arxiv.org/abs/2202.04052)", "[a](https://arxiv.org/abs/2202.04052)"),
        ("index.md", "```\n[a](nowhere.md)\n```", "```\n[a](nowhere.md)\n```"),
    ],
)
def test_a_link_leads_to_what_the_site_has(source, link, there):
    assert links.rewritten(link, source) == there


@pytest.mark.parametrize("link", ["[a](nowhere.md)", "![a](pictures/nowhere.png)", "[a](../nowhere)", "[a](../../etc)"])
def test_a_dead_link_is_refused(link):
    with pytest.raises(links.DeadLinkError, match=r"docs/index.md: the link .* leads nowhere"):
        links.rewritten(f"See {link}.", "index.md")


def test_files_outside_of_the_pages_are_copied_once_asked_for():
    assert list(links.targets("[a](../Makefile) [b](hull.md) [c](../tests) [d](https://x.org/y)", "a.md")) == [
        "Makefile"
    ]


@pytest.mark.parametrize(
    "asked",
    [
        '<script src="https://cdn.example/x.js"></script>',
        '<link rel="stylesheet" href="//fonts.example/x.css">',
        '<link rel="preconnect" href="https://fonts.example">',
        '<img alt="" src="http://example/x.png">',
        "<style>@import url('https://example/x.css');</style>",
        '<p style="background: url(https://example/x.png)">a</p>',
    ],
)
def test_a_request_to_another_host_is_seen(tmp_path, asked):
    (tmp_path / "page.html").write_text(f"<html><body>{asked}</body></html>")
    assert len(requests.outside(tmp_path)) == 1


def test_what_is_followed_or_lies_beside_the_page_is_no_request(tmp_path):
    (tmp_path / "page.html").write_text(
        '<a href="https://arxiv.org">a</a><img src="data:image/png;base64,AA"><script src="assets/x.js"></script>'
        '<link rel="canonical" href="https://example">'
    )
    (tmp_path / "style.css").write_text("p { background: url(x.png) }")
    assert requests.outside(tmp_path) == []
    (tmp_path / "style.css").write_text("p { background: url(https://example/x.png) }")
    assert requests.outside(tmp_path) == ["style.css: https://example/x.png"]
