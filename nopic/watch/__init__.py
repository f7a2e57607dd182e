"""WHAT HAPPENS AFTERWARDS: routing recorded beside a certificate, treatments reported, and parties whose standing changed."""
