"""How far a certificate may still be changed: replaced, revised to less, split, or corrected in one digit."""

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
    present,
    said_remarks,
)
from nopic.certificates.limits.splitting import (
    faults_of_split,
    lots_of,
    may_say_kilograms,
    obstacles_to_split,
    what_stays,
)

__all__ = [
    "Evidence",
    "Slip",
    "Wish",
    "evidence",
    "faults_of_correction",
    "faults_of_revision",
    "faults_of_split",
    "faults_of_what_left",
    "importer_of",
    "lots_of",
    "may_say_kilograms",
    "obstacles_of_one_person",
    "obstacles_to_approve_correction",
    "obstacles_to_check",
    "obstacles_to_correct",
    "obstacles_to_replace",
    "obstacles_to_split",
    "papers",
    "present",
    "remark",
    "said_remarks",
    "says",
    "slot_of",
    "what_stays",
]
