"""The people of the demo: one sign-in per role, all with the same password, shown when the demo starts."""

from typing import NamedTuple

PASSWORD = "organic coffee from callao"  # noqa: S105  shown to everybody


class Person(NamedTuple):
    """One demo sign-in."""

    role: str
    email: str
    sees: str
    name: str


PEOPLE: list[Person] = [
    Person(
        "Exporter, sends requests", "rosa@valleverde.example", "Valle Verde's requests and certificates", "Rosa Quispe"
    ),
    Person("Exporter, prepares only", "luis@valleverde.example", "the same, without “Send request”", "Luis Huamán"),
    Person("Reviewer", "ines@tierrafirme.example", "the queue and cases of Tierra Firme", "Inés Carrasco León"),
    Person("Second reviewer", "marco@tierrafirme.example", "the same queue", "Marco Salas"),
    Person("Certifier admin", "ana@tierrafirme.example", "the same, and the people of Tierra Firme", "Ana Beltrán"),
    Person("Importer", "bo@baybridge.example", "certificates addressed to Bay Bridge Coffee Traders", "Bo Larsen"),
    Person("Customs broker", "desk@harborline.example", "certificates that Harbor Line clears", "Hal Moreno"),
    Person(
        "Exporter of Nordhof",
        "awa@ecofruits.example",
        "Ecofruits du Sahel's requests (another certifier)",
        "Awa Traoré",
    ),
    Person(
        "Reviewer of Nordhof", "jonas@nordhof.example", "the queue of Nordhof (another certifier)", "Jonas Petersen"
    ),
]
