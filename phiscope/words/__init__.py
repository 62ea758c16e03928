"""Names of methods, encodings, noises and numbers as people read them. Light modules: nothing here draws."""
