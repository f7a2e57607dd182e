"""The doors of the handover: public check, consignment by link, inbox, a certificate's e-mails, API keys."""
