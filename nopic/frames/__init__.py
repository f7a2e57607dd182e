"""HOW MUCH MAY STILL LEAVE: permissions for time frames, and the shipments that draw a certificate down."""
