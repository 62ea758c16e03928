"""The command `phiscope`: what there is beside Snakemake, a module each.

init      look at data and weights, and write a configuration that runs
check     look at a classifier and its images in seconds, before a run
run       run a configuration to its report
open      open the report of a run in the browser
compare   put two runs side by side, in a page
show      say what a table holds: columns, units, provenance, worst certificates
figures   draw the figures of a finished run again, and compute nothing
report    the same, and render its report and its explorer
clean     remove what a run has left
where     the Snakefile to hand to snakemake -s
compile   compile the loops of the solvers now, so that the first run does not
latent    encode images of yours in the latent space of a finished run, and turn them from label to label
redraw    fit a network to an image of yours, and write it back at any resolution
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

from phiscope.errors import PhiscopeError

# Name -> module with main(arguments), or module:function. Imported when it is asked for: some of them load torch.
COMMANDS = {
    "init": "phiscope.commands.init",
    "check": "phiscope.commands.check",
    "run": "phiscope.commands.run",
    "open": "phiscope.commands.open",
    "compare": "phiscope.commands.compare",
    "show": "phiscope.commands.show",
    "figures": "phiscope.commands.draw:figures",
    "report": "phiscope.commands.draw:report",
    "clean": "phiscope.commands.clean",
    "where": "phiscope.commands.where",
    "compile": "phiscope.commands.compile",
    "latent": "phiscope.commands.latent",
    "redraw": "phiscope.commands.implicit",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Start a command by its name; the exit code. Errors meant for the user end in their one sentence."""
    given = sys.argv[1:] if arguments is None else arguments
    name, *others = given or ["--help"]
    if name in ("-h", "--help"):
        print(f"usage: phiscope NAME ... (also: python -m phiscope; phiscope NAME --help says more)\n\n{__doc__}")
        return 0
    try:
        if name not in COMMANDS:
            raise PhiscopeError(f"there is no command {name!r}; expected one of {', '.join(COMMANDS)}")
        module, _, function = COMMANDS[name].partition(":")
        getattr(import_module(module), function or "main")(others)
    except PhiscopeError as error:
        print(f"phiscope: {error}", file=sys.stderr)
        return 1
    return 0
