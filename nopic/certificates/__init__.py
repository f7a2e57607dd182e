"""THE RESULT: issuance in the registry, the PDF, and what others may read of a certificate."""
