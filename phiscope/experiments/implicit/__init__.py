"""Images as functions of position: which images, in which ways, and the rows that say how well."""
