"""allauth's hooks: accounts come by invitation only, TOTP secrets are encrypted."""

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter

from nopic.tenants import crypto


class InviteOnlyAdapter(DefaultAccountAdapter):
    """Nobody signs up by themselves."""

    def is_open_for_signup(self, request: object) -> bool:
        """Never: the invitation page makes the account (tenants.invitations)."""
        return False


class EncryptingMFAAdapter(DefaultMFAAdapter):
    """TOTP secrets are stored encrypted."""

    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(encrypted_text)
