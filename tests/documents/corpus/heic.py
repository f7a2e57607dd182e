"""Photos as phones keep them, and what is passed off as one; the catalogue has no numbers of its own for them."""

from PIL import Image

from tests.documents.corpus.case import ACCEPTED, a
from tests.documents.corpus.others import EXE, HTML, zipped
from tests.documents.corpus.papers import text_pdf
from tests.documents.corpus.pictures import box, heic, photo

SHOT, HEIC = "IMG_0412.HEIC", "image/heic"

HEIC_CASES = [
    a(89, "HEIC photo", heic, ACCEPTED, SHOT, HEIC),
    a(89, "HEIC photo taken upright", lambda: heic(turned=6), ACCEPTED, SHOT, HEIC),
    a(89, "HEIC photo with no type declared", heic, ACCEPTED, "IMG_0412.heif", ""),
    a(89, "HEIC photo in a general container", lambda: heic().replace(b"ftypheic", b"ftypmif1"), ACCEPTED, SHOT, HEIC),
    a(89, "HEIC photo with a film in a box of its own", lambda: heic() + box(b"mpvd", b"film"), ACCEPTED, SHOT, HEIC),
    a(1, "HEIC photo without a byte", b"", "empty", SHOT, HEIC),
    a(15, "HEIC photo named jpg", heic, "misnamed", "IMG_0412.jpg", "image/jpeg"),
    a(15, "JPEG photo named heic", photo, "misnamed", SHOT, HEIC),
    a(17, "HTML named heic", HTML, "type", SHOT, HEIC),
    a(83, "HEIC photo of 2,500 megapixels", lambda: heic(said=(50_000, 50_000)), "too_many_pixels", SHOT, HEIC),
    a(85, "HEIC photo that claims more than it holds", lambda: heic(said=(4000, 3000)), "unreadable", SHOT, HEIC),
    a(85, "truncated HEIC photo", lambda: heic()[:-60], "unreadable", SHOT, HEIC),
    a(85, "HEIC photo cut after its first box", lambda: heic()[:28], "unreadable", SHOT, HEIC),
    a(85, "HEIC photo without its index", lambda: heic().replace(b"meta", b"free", 1), "unreadable", SHOT, HEIC),
    a(88, "several pictures", lambda: heic(Image.new("RGB", (64, 64))), "several_pictures", SHOT, HEIC),
    a(90, "moving HEIC", lambda: heic() + box(b"moov"), "moving", SHOT, HEIC),
    a(89, "picture in AV1", lambda: heic().replace(b"ftypheic", b"ftypavif"), "type", "IMG_0412.avif", "image/avif"),
    a(89, "HEIC photo with a ZIP behind it", lambda: heic() + zipped(), "two_in_one", SHOT, HEIC),
    a(89, "HEIC photo with a PDF behind it", lambda: heic() + text_pdf(), "two_in_one", SHOT, HEIC),
    a(89, "HEIC photo with a program behind it", lambda: heic() + EXE, "two_in_one", SHOT, HEIC),
]
