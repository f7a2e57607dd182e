"""The exporter's door: urls, forms (shape of input only) and views."""
