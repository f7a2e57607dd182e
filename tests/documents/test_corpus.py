"""Every file of the corpus is sent in, and what must come of it comes of it."""

import io

import pytest

from nopic.documents import acceptance, files, inspection
from nopic.documents.acceptance import NotAccepted
from tests.documents.corpus.case import ACCEPTED, Case
from tests.documents.corpus.cases import CASES


def received(case: Case, made: bytes) -> str:
    """ "accepted", or the code of the refusal, by the way that every upload takes."""
    try:
        with files.quarantine(io.BytesIO(made)) as file:
            kind = acceptance.kind_of(case.name, case.declared, file.head)
            inspection.inspect(file.file, kind.code)
    except NotAccepted as refusal:
        return refusal.code
    return ACCEPTED


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_corpus_is_accepted_and_refused_as_written(case):
    made = case.make()
    assert received(case, made) == case.expected
    assert len(made) < acceptance.MOST_BYTES or case.number in (4, 5), "only the size cases are large"


def test_every_refusal_about_a_file_itself_has_a_case():
    # Tested where they arise: what the machine cannot do now, and what one row of one certifier does not take.
    not_of_the_file = {"too_slow", "busy", "no_room", "too_many_files", "type_of_row"}
    assert {case.expected for case in CASES} == acceptance.codes() - not_of_the_file | {ACCEPTED}
