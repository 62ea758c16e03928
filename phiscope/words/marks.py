"""Names that people gave, inside sentences of ours: what they hold changes nothing around them.

Text is shown in the order of its letters' scripts. A mark such as U+202E turns all that follows it; a name in Hebrew
or Arabic draws numbers and brackets beside it to itself.
"""

from __future__ import annotations

import re
import unicodedata

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
_FIRST_STRONG, _END = "\u2068", "\u2069"  # of a part whose direction is its own (Unicode's annex 9)
_FROM_THE_RIGHT = {"R", "AL", "AN"}


def visible(text: str) -> str:
    """Marks of direction and other characters that do something instead of being seen, as `\\u202e`."""
    if text.isascii() and text.isprintable():
        return text
    return _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def isolated(text: str) -> str:
    """`visible`, and a direction of its own for text that holds letters written from the right."""
    shown = visible(text)
    if shown.isascii() or not any(unicodedata.bidirectional(each) in _FROM_THE_RIGHT for each in shown):
        return shown
    return f"{_FIRST_STRONG}{shown}{_END}"
