"""Pictures that a person hands over: decided by their content, bounded before they are decoded, and read as photographs are.

Nothing is written to disk.
"""

import io

from PIL import Image as PILImage

from retrieval_core.datasets.decoding import TooManyPixels, decode_picture, reason
from retrieval_core.errors import RetrievalError

MOST_BYTES = 30_000_000
_HEIC = (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1")  # how telephones call their pictures inside


def read_upload(data: bytes, name: str) -> PILImage.Image:
    """The picture in these bytes: the same pixels as those of a photograph in such a file, see `decode_picture`.

    `name` is what messages call it. Raises RetrievalError, each with its remedy, for what is no picture, is too large, or is broken.
    """
    if len(data) > MOST_BYTES:
        raise RetrievalError(f"{name} has {len(data) / 1e6:.0f} MB, more than {MOST_BYTES / 1e6:.0f}. Save it smaller and try again.")
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC:
        raise RetrievalError(f"{name} is a HEIC picture, which Pillow does not read. Save it as JPEG and try again.")
    try:
        return decode_picture(io.BytesIO(data))
    except TooManyPixels as error:
        raise RetrievalError(f"{name} {error}") from None
    except Exception as error:  # a broken file may make a decoder raise anything
        raise RetrievalError(f"{name} {reason(error)}. Export or copy it again, as JPEG, PNG or WebP, and try again.") from error
