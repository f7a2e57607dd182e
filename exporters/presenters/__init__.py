"""What the exporter's pages print: rows, things to do, boxes and sentences made of what the domain says."""
