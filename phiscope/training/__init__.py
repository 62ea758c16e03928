"""The Lightning side: nothing outside this package imports Lightning."""
