"""How an e-mail leaves the house: built the same way at every try, and what a failure means.

A refusal of the recipient's address ends the e-mail at once; everything else (greylisting, a full mailbox, our own
server or its password, the network, a PDF that cannot be read) is tried again with growing pauses.
"""

import hashlib
import smtplib
from dataclasses import dataclass
from email.utils import formataddr, parseaddr
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives

from nopic.delivery.models import Mail
from nopic.documents import files

AREA = "certificates"
NOTICE_HEADER = "NOPIC-Notice"
# SMTP answers that are about the recipient's address and stay true tomorrow (RFC 5321 §4.2.3, RFC 7504). Not among
# them: 552 (mailbox full, often for a day), 530, 535, 538 (our own sign-in), 500 to 504 (our own commands), 450 to 452.
NOBODY_THERE = frozenset(
    {
        521,  # the host accepts no mail
        550,  # no such mailbox, or it refuses us
        551,  # not a local user
        553,  # the address is not allowed
        554,  # refused as a whole
        556,  # the domain accepts no mail
    }
)


class Undeliverable(Exception):
    """Trying again is of no use."""


class NotNow(Exception):
    """It failed this time; why, in a few words without addresses."""


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
    """Hand the e-mail to the mail server. Raises Undeliverable or NotNow."""
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
        message.send()
    except files.Damaged:
        raise NotNow("the stored PDF cannot be read") from None
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _text in error.recipients.values()]
        raise _judged(codes[0] if codes else 0) from error
    except smtplib.SMTPSenderRefused as error:
        raise NotNow(f"SMTP {error.smtp_code}: our address was refused") from error
    except smtplib.SMTPAuthenticationError as error:
        raise NotNow(f"SMTP {error.smtp_code}: our sign-in was refused") from error
    except smtplib.SMTPResponseException as error:
        raise _judged(error.smtp_code) from error
    except (smtplib.SMTPException, OSError) as error:
        raise NotNow(type(error).__name__) from error


def _judged(code: int) -> Exception:
    return Undeliverable(f"SMTP {code}") if code in NOBODY_THERE else NotNow(f"SMTP {code}")


def _one_line(text: str) -> str:
    return " ".join(text.split())
