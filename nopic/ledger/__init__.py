"""HOW MUCH IS LEFT: kilograms verified, held by open requests, and certified, per product and crop year."""
