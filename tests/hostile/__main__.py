"""What is said of every hostile file: `python -m tests.hostile [--faults] [--short | --long] [word ...]`.

With words, only of files that have one in their name; --faults: only where something is wrong.
"""

import json
import sys
from collections import Counter
from dataclasses import asdict

from tests.hostile import cases
from tests.hostile.judging import faults
from tests.hostile.measured import outcomes


def main(words: list[str]) -> None:
    as_json, quiet = "--json" in words, "--faults" in words
    of_length = [value for word, value in (("--long", True), ("--short", False)) if word in words] or [True, False]
    words = [word for word in words if not word.startswith("--")]
    named = {name: case for name, case in cases.CASES.items() if not words or any(word in name for word in words)}
    names = [name for name, case in named.items() if case.long in of_length]
    found = []
    for name in names:
        (each,) = outcomes([name])
        found.append(each)
        if as_json:
            print(json.dumps(asdict(each)), flush=True)
        else:
            if quiet and not faults(each):
                continue
            more = ("  RAN CODE" if each.ran else "") + (f"  [{each.warned.strip()}]" if each.warned else "")
            print(f"{each.how:9} {each.seconds:5.2f} s {each.peak:6.0f} MiB  {name}: {each.said}{more}", flush=True)
            for fault in faults(each):
                print(f"    FAULT {fault}", flush=True)
    if not as_json:
        kinds = Counter(cases.CASES[name].kind for name in names)
        print(f"\n{len(names)} files of {len(kinds)} kinds: {dict(kinds)}")
        print(dict(Counter(each.how for each in found)), "ran code:", sum(each.ran for each in found))
        print(f"most memory {max(each.peak for each in found):.0f} MiB, longest {max(e.seconds for e in found):.1f} s")


if __name__ == "__main__":
    main(sys.argv[1:])
