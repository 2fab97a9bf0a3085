"""Pictures: checked by what their bytes are, never by their name, and addressed by their hash."""

import hashlib
import io
import struct
import zlib
from dataclasses import dataclass, field
from typing import Literal

from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from item_bank.formats.docx.package import Package
from item_bank.formats.errors import UnreadableFile
from item_bank.item import Asset
from item_bank.richtext import MAX_IMAGE_PIXELS, Image

MAX_IMAGES = 300
MAX_IMAGE_BYTES = 5 * 2**20
MAX_AREA_PIXELS = 40_000_000
MAX_ALT_CHARACTERS = 500

MediaType = Literal["image/png", "image/jpeg", "image/gif", "image/webp"]

# Opened by class and not by Image.open, which would try every format that Pillow knows.
_READERS: tuple[tuple[bytes, MediaType, type[ImageFile]], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png", PngImageFile),
    (b"\xff\xd8\xff", "image/jpeg", JpegImageFile),
    (b"GIF8", "image/gif", GifImageFile),
    (b"RIFF", "image/webp", WebPImageFile),
)
# What Pillow's readers raise on damaged bytes, beyond the SyntaxError that they promise.
_PICTURE_ERRORS = (
    SyntaxError,
    OSError,
    ValueError,
    LookupError,
    EOFError,
    TypeError,
    OverflowError,
    struct.error,
    zlib.error,
)


class UnusableImageError(Exception):
    """A picture that cannot be shown; ``code`` is the warning."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Picture:
    """The checked picture with its own size in pixels."""

    asset: Asset
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class Pictures:
    """The pictures of one package, each checked once."""

    package: Package
    by_part: dict[str, Picture] = field(default_factory=dict[str, Picture])

    def image(self, relationship: str | None, size: tuple[int, int] | None, alt: str) -> Image:
        """The picture behind a relationship id, shown at a size in CSS pixels (None: its own).

        Raises UnusableImageError ``unsupported_image`` for a missing or linked picture, another format or
        broken bytes,
        and ``image_too_large``; UnreadableFile ``too_many_images``.
        """
        name = self.package.target(relationship)
        if name is None:
            raise UnusableImageError("unsupported_image")
        if name not in self.by_part:
            if len(self.by_part) >= MAX_IMAGES:
                raise UnreadableFile("too_many_images", limit=MAX_IMAGES)
            self.by_part[name] = check_picture(self.package.part(name))
        picture = self.by_part[name]
        width, height = size or (picture.width, picture.height)
        return Image(
            sha256=picture.asset.sha256,
            width=_held(width),
            height=_held(height),
            alt=alt[:MAX_ALT_CHARACTERS].strip(),
        )

    def assets(self) -> dict[str, Asset]:
        """The pictures by their hash."""
        return {picture.asset.sha256: picture.asset for picture in self.by_part.values()}


def _held(length: int) -> int:
    return max(1, min(MAX_IMAGE_PIXELS, length))


def check_picture(data: bytes) -> Picture:
    """The picture, when it is a PNG, JPEG, GIF or WebP of a bearable size. Raises UnusableImageError."""
    if len(data) > MAX_IMAGE_BYTES:
        raise UnusableImageError("image_too_large")
    for magic, media_type, reader in _READERS:
        if data.startswith(magic):
            width, height = _size(data, reader)
            asset = Asset(sha256=hashlib.sha256(data).hexdigest(), media_type=media_type, data=data)
            return Picture(asset=asset, width=width, height=height)
    raise UnusableImageError("unsupported_image")


def _size(data: bytes, reader: type[ImageFile]) -> tuple[int, int]:
    try:
        picture = reader(io.BytesIO(data))
        width, height = picture.size
        too_large = width * height > MAX_AREA_PIXELS
        if not too_large:
            picture.verify()
    except _PICTURE_ERRORS as error:
        raise UnusableImageError("unsupported_image") from error
    if too_large:
        raise UnusableImageError("image_too_large")
    return width, height
