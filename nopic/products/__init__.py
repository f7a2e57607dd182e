"""WHAT MAY BE SOLD: each exporter's Product Verification list and its versions."""
