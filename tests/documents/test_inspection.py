"""The child process: what it may not do, that it ends, and what it makes of good files."""

import io
import json
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import psutil
import pytest
from PIL import Image

from nopic.documents import inspection
from nopic.documents.acceptance import NotAccepted
from nopic.documents.inspection import CannotInspect, Crashed, inspect, rasterise
from tests.documents.corpus import papers, pictures

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _leaves_no_process() -> Iterator[None]:
    """Every child is gone after its test; a browser may live beside."""
    before = set(psutil.Process().children())
    yield
    assert set(psutil.Process().children()) - before == set()


@contextmanager
def held(data: bytes) -> Iterator[BinaryIO]:
    """The bytes as an open regular file, which is what a child can be given."""
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        yield file


def in_a_cage(script: str, **limits: int) -> subprocess.CompletedProcess[bytes]:
    """Run a few lines as the child would run a parser that was taken over."""
    limits = {"memory_mb": 512, "cpu_s": 2} | limits
    close = f"from nopic.documents.sandbox import cage\nprint(cage.close({limits}))\n"
    head = "import json, os, socket, sys, subprocess, threading\n"
    command = [sys.executable, "-E", "-s", "-c", head + close + script]
    return subprocess.run(command, check=False, cwd=ROOT, env={}, capture_output=True, timeout=120)


def test_a_parser_that_was_taken_over_can_neither_read_nor_write_nor_call_out(tmp_path):
    script = f"""
tries = {{
    "read": lambda: open("/etc/passwd"),
    "environment of the parent": lambda: open(f"/proc/{{os.getppid()}}/environ"),
    "write": lambda: open({str(tmp_path / "x")!r}, "w"),
    "delete": lambda: os.unlink({str(tmp_path)!r}),
    "connect": lambda: socket.create_connection(("127.0.0.1", 5432)),
    "start a program": lambda: subprocess.run(["/bin/true"]),
    "fork": lambda: os.fork(),
    "kill": lambda: os.kill(os.getppid(), 0),
}}
seen = {{}}
for name, one in tries.items():
    try:
        one()
        seen[name] = "done"
    except OSError as error:
        seen[name] = type(error).__name__
print(json.dumps(seen))
"""
    if "Seccomp:" not in Path("/proc/self/status").read_text():
        pytest.skip("this kernel cannot filter system calls; the portal runs without that lock and logs it")
    ended = in_a_cage(script)
    assert ended.returncode == 0, ended.stderr.decode()
    cage, seen = ended.stdout.decode().strip().splitlines()
    assert "'calls': True" in cage
    assert set(json.loads(seen).values()) == {"PermissionError"}, seen


def test_a_decoder_that_needs_threads_gets_threads_and_still_no_process():
    script = """
seen = []
threading.Thread(target=seen.append, args=["thread"]).start()
try:
    os.fork()
except PermissionError:
    seen.append("no process")
print(json.dumps(seen))
"""
    if "Seccomp:" not in Path("/proc/self/status").read_text():
        pytest.skip("this kernel cannot filter system calls; the portal runs without that lock and logs it")
    ended = in_a_cage(script, threads=1)
    assert ended.returncode == 0, ended.stderr.decode()
    assert json.loads(ended.stdout.decode().strip().splitlines()[1]) == ["thread", "no process"]
    assert in_a_cage("threading.Thread(target=print).start()").returncode == 1


def test_memory_is_bounded():
    ended = in_a_cage("x = bytearray(600 << 20)")
    assert ended.returncode == 1
    assert b"MemoryError" in ended.stderr


def test_cpu_time_is_bounded():
    ended = in_a_cage("while True: pass", cpu_s=1)
    assert ended.returncode < 0


def test_the_child_loads_nothing_of_the_portal_but_its_own_package():
    script = (
        "import sys, nopic.documents.sandbox.__main__\n"
        "from nopic.documents.sandbox import jobs\n"
        "[jobs.load(kind, do) for do, kind in jobs._MODULES]\n"
        "print([name for name in sys.modules if name.startswith(('django', 'celery', 'weasyprint', 'nopic.'))])"
    )
    ended = subprocess.run([sys.executable, "-E", "-s", "-c", script], cwd=ROOT, capture_output=True, check=True)
    loaded = set(eval(ended.stdout))
    assert {name for name in loaded if not name.startswith("nopic.documents.sandbox")} == {"nopic.documents"}


def test_a_child_that_does_not_end_is_killed_and_leaves_no_process(monkeypatch):
    slow = "import time\nprint('{}', flush=True)\ntime.sleep(60)"
    real = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda command, **how: real([sys.executable, "-c", slow], **how))
    started = time.monotonic()
    with held(papers.text_pdf()) as file, pytest.raises(NotAccepted, match="too_slow"):
        inspect(file, "pdf", seconds=0.5)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    "said",
    [
        "print('not json')",
        "print('[1]')",
        "print('{}'); print('{\"page\": 1}')",
        'print(\'{}\'); print(\'{"page": 2, "picture": "", "width": 1, "height": 1, "text": "", "words": []}\')',
        "print('{}'); print('x' * 9_000_000)",
        "print('{}', flush=True); import os; os.abort()",
    ],
)
def test_a_child_that_talks_nonsense_or_dies_has_crashed(said, monkeypatch):
    real = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda command, **how: real([sys.executable, "-c", said], **how))
    with held(papers.text_pdf()) as file, pytest.raises(Crashed):
        list(rasterise(file, "pdf"))


def test_a_crash_over_an_upload_reads_as_a_file_that_cannot_be_opened(monkeypatch):
    real = subprocess.Popen
    died = [sys.executable, "-c", "import os; print('{}', flush=True); os.abort()"]
    monkeypatch.setattr(subprocess, "Popen", lambda command, **how: real(died, **how))
    with held(papers.text_pdf()) as file, pytest.raises(NotAccepted, match="unreadable"):
        inspect(file, "pdf")


def test_a_broken_installation_is_not_blamed_on_the_file(monkeypatch):
    real = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda command, **how: real([sys.executable, "-c", "exit(1)"], **how))
    with held(papers.text_pdf()) as file, pytest.raises(CannotInspect, match="exit 1"):
        inspect(file, "pdf")


def test_files_are_looked_at_from_threads_at_the_same_time_without_mixing_them_up():
    made = [papers.many_pages(number) for number in (1, 2, 3, 4)] * 2
    pages: dict[int, int] = {}

    def look(place: int) -> None:
        with held(made[place]) as file:
            pages[place] = inspect(file, "pdf", seconds=60).pages

    threads = [threading.Thread(target=look, args=[place]) for place in range(len(made))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [pages[place] for place in range(len(made))] == [1, 2, 3, 4] * 2


def test_when_too_many_files_are_looked_at_the_next_one_is_asked_to_wait(monkeypatch):
    monkeypatch.setattr(inspection, "_AT_ONCE", threading.BoundedSemaphore(1))
    inspection._AT_ONCE.acquire()
    with held(papers.text_pdf()) as file, pytest.raises(NotAccepted, match="busy"):
        inspect(file, "pdf", seconds=0.2)


@pytest.mark.parametrize("bomb", [papers.bomb, papers.object_stream_bomb, papers.jbig2_bomb, papers.bad_font])
def test_a_bomb_stays_inside_the_child(bomb):
    data = bomb()
    before = psutil.Process().memory_info().rss
    with held(data) as file:
        try:
            pages = [page.number for page in rasterise(file, "pdf", seconds=20)]
        except (Crashed, NotAccepted, TimeoutError):
            pages = []
    assert pages in ([], [1])
    assert psutil.Process().memory_info().rss - before < 20 << 20


def test_the_bomb_is_as_small_as_the_catalogue_says():
    data = papers.bomb()
    assert len(data) < 1_200
    assert data.index(b"endstream") - data.index(b"stream\n") < 600


def test_a_paper_becomes_a_picture_with_its_words_where_they_stand():
    with held(papers.text_pdf(b"Commercial invoice, organic")) as file:
        assert inspect(file, "pdf").pages == 1
        (page,) = rasterise(file, "pdf")
    assert (page.number, page.width, page.height) == (1, 1400, 1982)
    assert page.text == "Commercial invoice, organic"
    assert [word for word, *_ in page.words] == ["Commercial", "invoice,", "organic"]
    _, left, top, right, bottom = page.words[0]
    assert 0.09 < left < 0.11 < right < 0.35  # set at 60 of 595 points from the left
    assert 0.07 < top < bottom < 0.11  # and at 760 of 842 from below
    picture = Image.open(io.BytesIO(page.picture))
    dark = picture.convert("L").crop([round(x) for x in (left * 1400, top * 1982, right * 1400, bottom * 1982)])
    assert dark.getextrema()[0] < 80  # the word is there, where its box says


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_words_stand_where_they_are_seen_on_a_turned_page(turn):
    data = papers.text_pdf(b"organic").replace(b"/MediaBox [0 0 595 842]", b"/MediaBox [0 0 595 842]/Rotate %d" % turn)
    data = papers.assemble_again(data)
    with held(data) as file:
        (page,) = rasterise(file, "pdf")
    _, left, top, right, bottom = page.words[0]
    picture = Image.open(io.BytesIO(page.picture)).convert("L")
    ink = picture.point(lambda value: 255 if value < 128 else 0).getbbox()
    seen = (ink[0] / page.width, ink[1] / page.height, ink[2] / page.width, ink[3] / page.height)
    assert seen == pytest.approx((left, top, right, bottom), abs=0.01)


def test_rasterising_goes_on_from_any_page_and_stops_when_nobody_asks_further():
    with held(papers.many_pages(5)) as file:
        assert [page.number for page in rasterise(file, "pdf", first=4)] == [4, 5]
        pages = rasterise(file, "pdf")
        assert next(pages).number == 1
        pages.close()


@pytest.mark.parametrize("kind, made", [("jpeg", pictures.photo), ("heic", pictures.heic)])
@pytest.mark.parametrize("turned, size", [(1, (300, 200)), (6, (200, 300)), (3, (300, 200)), (8, (200, 300))])
def test_a_photo_is_shown_upright_and_without_metadata(turned, size, kind, made):
    data = made(turned=turned)
    with held(data) as file:
        (page,) = rasterise(file, kind)
        file.seek(0)
        assert file.read() == data  # the original is never rewritten
    picture = Image.open(io.BytesIO(page.picture))
    assert picture.size == (page.width, page.height) == size
    assert not picture.getexif()
    assert b"packing house" not in page.picture
    sky = {1: (150, 5), 6: (195, 150), 3: (150, 195), 8: (5, 150)}[turned]
    assert picture.convert("L").getpixel(sky) < 60


def test_a_page_like_noise_still_fits_its_size():
    noise = io.BytesIO()
    Image.effect_noise((1600, 1200), 90).save(noise, "PNG")
    with held(noise.getvalue()) as file:
        (page,) = rasterise(file, "png")
    assert len(page.picture) <= inspection.PICTURE_KB * 1024
    assert page.width > 600


def test_a_clear_ground_becomes_paper():
    with held(pictures.clear_png()) as file:
        (page,) = rasterise(file, "png")
    assert Image.open(io.BytesIO(page.picture)).convert("L").getextrema()[0] > 250


def test_the_largest_photo_and_scan_that_are_accepted_fit_into_the_cage():
    clear = io.BytesIO()
    Image.new("RGBA", (8000, 5000), (9, 90, 9, 200)).save(clear, "PNG", compress_level=1)
    flat = io.BytesIO()
    Image.new("CMYK", (8000, 5000), (9, 90, 9, 20)).save(flat, "JPEG")
    for kind, data in (
        ("png", clear.getvalue()),
        ("jpeg", flat.getvalue()),
        # pictures.heic(size=(8000, 5000)), made once, because that takes half a minute
        ("heic", (Path(pictures.__file__).parent / "forty_megapixels.heic").read_bytes()),
    ):
        with held(data) as file:
            assert inspect(file, kind).pages == 1
            assert [(page.width, page.height) for page in rasterise(file, kind)] == [(1400, 875)]


@pytest.mark.parametrize(
    "made, flags",
    [
        (papers.text_pdf, ()),
        (papers.form, ("form",)),
        (papers.signed, ("form", "signed")),
        (papers.saved_again, ("revised",)),
        (lambda: papers.locked("", "secret"), ("owner_locked",)),
        (lambda: papers.made_with(lambda pdf: None, linearize=True), ()),
    ],
)
def test_the_reviewer_is_told_what_is_special_about_a_paper(made, flags):
    with held(made()) as file:
        assert inspect(file, "pdf").flags == flags


def test_papers_of_real_programs_are_accepted_and_read():
    from weasyprint import HTML

    rows = "".join(f"<tr><td>Lot {i}<td>Café verde orgánico<td>19,200 kg" for i in range(60))
    made = HTML(string=f"<html lang=es><title>Factura</title><h1>/JavaScript /OpenAction</h1><table>{rows}</table>")
    data = made.write_pdf(pdf_tags=True)
    with held(data) as file:
        looked = inspect(file, "pdf")
        pages = list(rasterise(file, "pdf"))
    assert looked.pages == len(pages) == 2
    assert "Café verde orgánico" in pages[0].text
    assert all(len(page.picture) <= inspection.PICTURE_KB * 1024 for page in pages)
