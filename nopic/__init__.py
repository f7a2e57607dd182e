"""The NOPIC portal: certifiers review and issue NOP Import Certificates here."""
