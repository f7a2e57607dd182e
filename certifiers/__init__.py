"""The certifier's door: queue, case, operations, certificates, people."""
