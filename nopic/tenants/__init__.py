"""WHO: certifiers (the tenants), their people, exporters, importers and brokers, and the walls between them."""
