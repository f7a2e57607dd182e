"""Papers with page images and words, drawn for tests: what the sandbox would have made of an uploaded file."""

import io
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

from nopic.documents import files
from nopic.documents.models import Document, PageImage
from nopic.requests.models import CertificateRequest

SIZE = (1000, 1294)
BILL_OF_LADING = [
    "ANDES PACIFIC LINE            BILL OF LADING",
    "DRAFT, not negotiable    B/L No. APLCLLOAK26094",
    "",
    "Shipper       Cooperativa CANARY-tierra",
    "Consignee     Bay Bridge Coffee",
    "Vessel        Andes Courier, voyage 0646N",
    "From Callao, Peru to Oakland, CA, USA",
    "",
    "APLU 417512 5 seal PE881960",
    "318 bags ORGANIC green coffee, HS 0901.11.0015",
    "Lots VV-26-118, VV-26-121",
    "Gross 19,520 kg    Net 19,080 kg",
]


def pages(request: CertificateRequest, rule: str, *texts: Sequence[str]) -> Document:
    """Give the file in a slot its pages; inside the door."""
    document = Document.objects.filter(dossier_id=request.dossier_id, rule=rule, removed_at=None).get()
    for number, lines in enumerate(texts, start=1):
        image, words = _draw(lines)
        stored = files.store(request.certifier_id, io.BytesIO(image), area="pages")
        PageImage.objects.create(
            certifier_id=request.certifier_id,
            document=document,
            number=number,
            sha256=stored.sha256,
            width=SIZE[0],
            height=SIZE[1],
            text="\n".join(lines),
            words=words,
        )
    return document


def _draw(lines: Sequence[str]) -> tuple[bytes, list[list[object]]]:
    image = Image.new("RGB", SIZE, "white")
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(size=24)
    words: list[list[object]] = []
    for row, line in enumerate(lines):
        x, y = 80.0, 90 + row * 52
        for part in line.split(" "):
            if part:
                pen.text((x, y), part, fill="black", font=font)
                left, top, right, bottom = pen.textbbox((x, y), part, font=font)
                words.append([part, left / SIZE[0], top / SIZE[1], right / SIZE[0], bottom / SIZE[1]])
            x += pen.textlength(part + " ", font=font)
    out = io.BytesIO()
    image.save(out, "WEBP", quality=60)
    return out.getvalue(), words
