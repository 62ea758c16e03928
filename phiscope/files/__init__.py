"""Files that a run leaves: whole or not there, readable as the umask says, and with a stamp of what made them.

A file is written under another name in its folder and then renamed, so that whoever finds it finds all of it. While a
job runs, what it writes carries a stamp in its own metadata: a fingerprint of the job's parameters and code, and the
contents of the networks that it used. So a file that another setting made is known, whoever left it there and when.
The stamp holds a checksum of the file, so that a byte that has changed since is known as well.
"""

from phiscope.files.checksums import require_unchanged as require_unchanged
from phiscope.files.frames import stamp_of as stamp_of
from phiscope.files.stamps import KEY as KEY
from phiscope.files.stamps import Stamp as Stamp
from phiscope.files.stamps import stamped as stamped
from phiscope.files.stamps import stamping as stamping
from phiscope.files.writing import read_json as read_json
from phiscope.files.writing import replacing as replacing
from phiscope.files.writing import write_arrays as write_arrays
from phiscope.files.writing import write_json as write_json
from phiscope.files.writing import write_shown as write_shown
from phiscope.files.writing import write_text as write_text
