"""Names of methods, encodings, detectors, noises and numbers as people read them. Light modules: nothing here draws."""
