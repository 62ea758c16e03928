"""Everything phiscope raises on purpose: one sentence saying what, where, what was expected, what to do."""


class PhiscopeError(Exception):
    """Base of all errors whose message is meant for the user."""


class ConfigError(PhiscopeError):
    """The configuration asks for something that does not exist or cannot be."""


class DataError(PhiscopeError):
    """A data file, or an array handed in, is not what it says it is."""


class ModelError(PhiscopeError):
    """A network cannot be built, loaded or split into features and a linear head."""


class DeviceError(PhiscopeError):
    """The device that was asked for is not there."""


class ClusterError(PhiscopeError):
    """A cluster does not take the jobs of the run."""
