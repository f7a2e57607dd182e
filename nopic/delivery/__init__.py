"""THE HANDOVER: e-mails, links, the importer's and broker's inbox, downloads, public verification."""
