"""How far a certificate may still be changed: replaced, revised to less, or corrected in one digit."""

from nopic.certificates.limits.correcting import (
    Evidence,
    Slip,
    evidence,
    faults_of_correction,
    importer_of,
    obstacles_to_approve_correction,
    obstacles_to_check,
    obstacles_to_correct,
    papers,
    remark,
    says,
    slot_of,
)
from nopic.certificates.limits.replacing import obstacles_to_replace
from nopic.certificates.limits.revising import (
    Wish,
    faults_of_revision,
    faults_of_what_left,
    obstacles_of_one_person,
    said_remarks,
)

__all__ = [
    "Evidence",
    "Slip",
    "Wish",
    "evidence",
    "faults_of_correction",
    "faults_of_revision",
    "faults_of_what_left",
    "importer_of",
    "obstacles_of_one_person",
    "obstacles_to_approve_correction",
    "obstacles_to_check",
    "obstacles_to_correct",
    "obstacles_to_replace",
    "papers",
    "remark",
    "said_remarks",
    "says",
    "slot_of",
]
