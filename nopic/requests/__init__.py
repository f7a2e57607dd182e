"""THE FORM: from draft to submitted, with its lines and lots, and every rule that a line must satisfy."""
