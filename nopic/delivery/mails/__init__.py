"""E-mails: what is owed to whom (`owing`), what they say (`letters`), and how they leave the house (`sending`)."""
