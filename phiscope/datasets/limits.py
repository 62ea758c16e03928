"""How much of a file is read: what promises or unpacks to more is refused before the memory for it is taken.

Nothing that people train on comes near these numbers; docs/data.md states them. A file that is as large as it says is
read whatever its size: these limits are about files that are small and claim to be large.
"""

MOST_PIXELS = 2**30 // 12  # of one image, 89,478,485: where Pillow begins to warn
MOST_UNPACKED = 2**30  # bytes that any archive may unpack to,
MOST_RATIO = 100  # and a larger one as many times its own size: zeros come to 1,000 times
MOST_MEMBERS = 50_000  # of an archive of arrays or weights
MOST_CLASSES = 2**20
MOST_NAME = 1000  # characters of the name of a class
MOST_ROWS = 2**25  # samples of a split, in a table
MOST_TABLE = 2**28  # bytes of a table of text
MOST_COLUMNS = 10_000  # of a table of text
MOST_CELL = 2**17  # characters of one cell
MOST_BATCH = 2**30  # bytes of one batch of CIFAR; the largest has 153,710,001
MOST_ENTRIES = 2**18  # of all dictionaries in a file of weights
