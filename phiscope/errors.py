"""Everything phiscope raises on purpose: one sentence saying what, where, what was expected, what to do."""

_MOST = 2000  # characters of a sentence; names of a hostile file may have millions


class PhiscopeError(Exception):
    """Base of all errors whose message is meant for the user: one line, whatever names of files it speaks of."""

    def __init__(self, said: object = "") -> None:
        text = shown(str(said))
        if len(text) > _MOST:  # the beginning says where, the end what to do
            text = f"{text[: _MOST // 2]} ... {text[-_MOST // 2 :]}"
        super().__init__(text)


class ConfigError(PhiscopeError):
    """The configuration asks for something that does not exist or cannot be."""


class DataError(PhiscopeError):
    """A data file, or an array handed in, is not what it says it is."""


class ModelError(PhiscopeError):
    """A network cannot be built, loaded or split into features and a linear head."""


class DeviceError(PhiscopeError):
    """The device that was asked for is not there."""


class ResultError(PhiscopeError):
    """A file that a run made before is cut short, or not what the run makes now."""


class DisagreementError(PhiscopeError):
    """Another solver's solution contradicts the certificate of one of ours, or ours its."""


class ClusterError(PhiscopeError):
    """A cluster does not take the jobs of the run."""


def shown(text: str) -> str:
    r"""A text as it can be printed in one line, whoever wrote it.

    Control characters, marks that turn the direction of writing, ends of lines and bytes that are no UTF-8 are written
    out as Python does: `\n`, `\x1b`, `\u202e`, `\xe9`. Other text stays as it is.
    """
    return text if text.isprintable() else "".join(each if each.isprintable() else _written(each) for each in text)


def _written(character: str) -> str:
    if "\udc80" <= character <= "\udcff":  # a byte of a name that is no UTF-8
        return f"\\x{ord(character) - 0xDC00:02x}"
    return repr(character)[1:-1]
