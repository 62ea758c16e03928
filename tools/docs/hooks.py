"""What `mkdocs build` calls: generated parts, links to files of the repository, and a look at what was built."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File

from tools.docs import filled, links, requests

_FURTHER = {
    "More": ".",
    "Further results": "results",
    "Decisions": "decisions",
    "Measured times": "results/performance",
}  # section -> folder


def on_config(config: Any) -> Any:
    """List pages that mkdocs.yml does not name in sections of their own, so that none is left out."""
    named = set(_named(config.nav))
    for section, folder in _FURTHER.items():
        found = sorted(Path(config.docs_dir, folder).glob("*.md"))
        pages = [path.relative_to(config.docs_dir).as_posix() for path in found]
        if further := [page for page in pages if page not in named]:
            config.nav.append({section: further})
    config.watch.append(str(links.ROOT / "phiscope"))
    return config


def _named(nav: Any) -> list[str]:
    if isinstance(nav, str):
        return [nav]
    return [name for each in (nav.values() if isinstance(nav, dict) else nav) for name in _named(each)]


def on_files(files: Any, config: Any) -> Any:
    """Copy the files of the repository that pages link to, and those that these link to."""
    waiting = [(file.src_uri, file.content_string) for file in files.documentation_pages()]
    while waiting:
        source, markdown = waiting.pop()
        try:
            found = list(dict.fromkeys(links.targets(markdown, source)))
        except links.DeadLinkError as error:
            raise PluginError(str(error)) from error
        for path in found:
            copy = f"{links.COPIES}/{path}"
            if files.get_file_from_path(copy) is None:
                files.append(File.generated(config, copy, content=(links.ROOT / path).read_bytes()))
                if path.endswith(".md"):
                    waiting.append((copy, (links.ROOT / path).read_text(encoding="utf-8")))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    """Follow the links of a page to what the site has, and fill in what is generated."""
    try:
        return filled(links.rewritten(markdown, page.file.src_uri))
    except links.DeadLinkError as error:
        raise PluginError(str(error)) from error


def on_post_build(config: Any) -> None:
    """Write the index of the search as a script too, which pages on disk can read; refuse requests to elsewhere."""
    index = Path(config.site_dir, "search/search_index.json")
    index.with_suffix(".js").write_text(f"var __index = {index.read_text(encoding='utf-8')}", encoding="utf-8")
    if found := requests.outside(Path(config.site_dir)):
        raise PluginError("pages ask for files from elsewhere: " + "; ".join(found[:10]))
