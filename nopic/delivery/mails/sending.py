"""How an e-mail leaves the house: built the same way at every try. What the server's answers mean is tenants.post's."""

import hashlib
from dataclasses import dataclass
from email.utils import formataddr, parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from nopic.delivery.models import Mail
from nopic.documents import files
from nopic.tenants import post

AREA = "certificates"
NOTICE_HEADER = "NOPIC-Notice"


@dataclass(frozen=True)
class Prepared:
    """Everything that is needed to send one e-mail, read before: no transaction is open while it is sent."""

    mail: Mail
    from_name: str
    reply_to: str
    subject: str
    text: str
    html: str
    attachment: tuple[str, str] | None  # (file name, SHA-256 of the stored PDF)


def message_id(mail: Mail) -> str:
    """The same at every try, so that mail programs show an e-mail once even if a crash made us send it twice."""
    digest = hashlib.sha256(f"{mail.certifier_id}\0{mail.key}\0{mail.pk}".encode()).hexdigest()[:32]
    return f"<{digest}@{urlsplit(settings.BASE_URL).hostname or 'localhost'}>"


def deliver(prepared: Prepared) -> None:
    """Hand the e-mail to the mail server. Raises post.Undeliverable or post.NotNow."""
    mail = prepared.mail
    message = EmailMultiAlternatives(
        subject=_one_line(prepared.subject),
        body=prepared.text,
        from_email=formataddr((_one_line(prepared.from_name), parseaddr(settings.DEFAULT_FROM_EMAIL)[1])),
        to=[mail.to],
        reply_to=[prepared.reply_to],
        headers={"Message-ID": message_id(mail), NOTICE_HEADER: mail.key, "Auto-Submitted": "auto-generated"},
    )
    message.attach_alternative(prepared.html, "text/html")
    try:
        if prepared.attachment:
            name, sha256 = prepared.attachment
            with files.open_verified(mail.certifier_id, sha256, area=AREA) as pdf:
                message.attach(name, pdf.read(), "application/pdf")
    except files.Damaged:
        raise post.NotNow("the stored PDF cannot be read") from None
    post.send(message)


def _one_line(text: str) -> str:
    return " ".join(text.split())
