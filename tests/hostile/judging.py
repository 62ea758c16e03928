"""What an outcome has to be: one sentence that is right, or data that are."""

from __future__ import annotations

import re

from phiscope.errors import shown
from tests.hostile.case import CASES
from tests.hostile.measured import Outcome

SECONDS, PEAK = 20.0, 400.0  # of a case at most; MiB beside the libraries
_ADVICE = re.compile(
    r"allow_pickle|weights_only|trust_remote_code|MAX_IMAGE|LOAD_TRUNCATED|MAX_TEXT|max_header|unsafe", re.I
)
_INSIDE = re.compile(r"Traceback|File \"|0x[0-9a-f]{6}|\[Errno|object at|numpy\._core")


def faults(outcome: Outcome) -> list[str]:
    """What is wrong with an outcome, in words; nothing where nothing is."""
    case = CASES[outcome.name]
    wanted = "accepted" if case.gives else "refused"
    found = [f"{outcome.how}, not {wanted}"] * (outcome.how != wanted)
    found += ["it ran code"] * outcome.ran
    found += [f"it took {outcome.seconds:.1f} s"] * (outcome.seconds > SECONDS)
    found += [f"it took {outcome.peak:.0f} MiB"] * (outcome.peak > PEAK)
    if not re.search(case.gives or case.says, outcome.said):
        found.append(f"it does not say {case.gives or case.says!r}")
    if outcome.how == "refused":
        found += ["more than a line"] * (not outcome.said.isprintable())
        found += [f"{len(outcome.said)} characters"] * (len(outcome.said) > 2100)
        found += ["it does not name the file"] * (shown(outcome.path)[:100] not in outcome.said)
        found += ["advises to switch safety off"] * bool(_ADVICE.search(outcome.said))
        found += ["shows the inside of a library"] * bool(_INSIDE.search(outcome.said))
    if outcome.warned.strip() and outcome.how == "refused":
        found.append(f"something else is printed: {outcome.warned.strip()[:200]!r}")
    return found
