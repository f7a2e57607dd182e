"""What the mail server's answers mean, for every e-mail that the portal owes: never again, or not now.

A refusal of the recipient's address stays true tomorrow; everything else (greylisting, a full mailbox, our own server
or its password, the network) is worth another try.
"""

import smtplib

from django.core.mail import EmailMessage

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


def send(message: EmailMessage) -> None:
    """Hand the e-mail to the mail server. Raises Undeliverable or NotNow."""
    try:
        message.send()
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
