"""What Django takes in of a body before the portal's own code sees it."""

import pytest
from django.core.files.uploadhandler import MemoryFileUploadHandler, StopUpload
from django.test import RequestFactory

from nopic.documents import files
from nopic.documents.acceptance import MOST_BYTES, NotAccepted
from nopic.documents.files import CappedUpload
from tests.documents.corpus import papers

MEGABYTE = b"x" * (1 << 20)


def uploaded(data: bytes):
    """The file as a view finds it, parsed by Django from a form."""
    from django.core.files.uploadedfile import SimpleUploadedFile

    request = RequestFactory().post("/", {"file": SimpleUploadedFile("a.pdf", data, "application/pdf")})
    return request.FILES["file"]


def test_the_portal_uses_its_own_handler_and_small_files_stay_in_memory():
    request = RequestFactory().post("/")
    assert [type(handler) for handler in request.upload_handlers] == [MemoryFileUploadHandler, CappedUpload]


@pytest.mark.parametrize("size", [2_000, 3_000_000])
def test_a_file_within_the_limit_arrives_whole(size):
    data = papers.of_size(size)
    with uploaded(data) as file:
        assert (file.size, file.content_type) == (size, "application/pdf")
        assert files.store(7, file).size == size


def test_a_file_beyond_the_limit_is_cut_off_and_refused_with_its_sentence():
    file = uploaded(b"%PDF-" + b"x" * (MOST_BYTES + 5_000_000))
    assert file.size == MOST_BYTES + 1
    with pytest.raises(NotAccepted, match="too_large"):
        files.store(7, file)
    file.close()


@pytest.mark.parametrize("when", ["write", "seek", "__init__"])
def test_a_machine_without_room_takes_the_form_in_and_says_so_at_the_file(monkeypatch, when):
    def full(*_given: object, **_how: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(f"django.core.files.uploadedfile.TemporaryUploadedFile.{when}", full)
    file = uploaded(papers.of_size(3_000_000))
    assert (file.name, file.size) == ("a.pdf", 3_000_000)
    with pytest.raises(files.NoRoom):
        files.store(7, file)


def test_a_body_that_does_not_end_is_hung_up_on():
    handler = CappedUpload()
    handler.new_file("file", "a.pdf", "application/pdf", None)
    taken = 0
    with pytest.raises(StopUpload) as stopped:
        for _ in range(1_000):
            handler.receive_data_chunk(MEGABYTE, taken)
            taken += len(MEGABYTE)
    assert stopped.value.connection_reset
    assert taken <= 4 * MOST_BYTES
    assert handler.file.tell() == MOST_BYTES + 1
    handler.file.close()
