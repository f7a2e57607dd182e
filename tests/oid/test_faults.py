"""Every fault as the portal's client sees it, over real sockets: what is known, what is not, and what is at OID."""

import resource
import socket
import threading
import time

import pytest

from nopic.oid.client import AlreadyRegistered, Registry, Unavailable
from nopic.oid.numbers import is_certificate_number
from nopic.oid.payloads import client_ref
from tests.mock_oid import MockOid
from tests.oid import examples

REF = client_ref(1, 1)


@pytest.mark.parametrize(
    "fault, why, at_oid",
    [
        ("500_before_commit", "status", 0),
        ("503_before_commit", "status", 0),
        ("503_after_commit", "status", 1),
        ("reset_before_commit", "reset", 0),
        ("reset_after_commit", "reset", 1),
        ("malformed", "malformed", 1),
        ("empty", "malformed", 1),
        ("html", "malformed", 1),
        ("wrong_number_format", "malformed", 1),
        ("huge", "oversize", 1),
    ],
)
def test_a_garbled_or_lost_reply_is_ambiguous_and_a_look_up_tells_the_truth(
    oid, registry, register, fault, why, at_oid
):
    oid.fail("register", fault)
    with pytest.raises(Unavailable) as unknown:
        register(1)
    assert (unknown.value.left, unknown.value.why) == (True, why)
    assert not unknown.value.busy
    assert not unknown.value.credential
    assert len(oid.numbers(REF)) == at_oid
    found = registry.find(REF)
    assert len(found) == at_oid
    # The ladder's next step: adopt what was found, or send the same again; either way one certificate.
    number = found[0].number if found else register(1).number
    assert oid.numbers(REF) == [number]
    assert is_certificate_number(number)


@pytest.mark.parametrize("fault, at_oid", [("slow", 1), ("slow_after_commit", 1), ("drip", 1)])
def test_a_reply_that_comes_too_late_ends_at_the_total_deadline(oid, registry, register, hasty, fault, at_oid):
    arguments = {"seconds_per_byte": 0.2} if fault == "drip" else {"seconds": 1.2}
    oid.fail("register", fault, **arguments)
    began = time.monotonic()
    with pytest.raises(Unavailable) as unknown:
        register(1, by=hasty)
    assert time.monotonic() - began < 5  # byte by byte it would be a minute
    assert (unknown.value.left, unknown.value.why) == (True, "timeout")
    until = time.monotonic() + 3
    while not registry.find(REF) and time.monotonic() < until:
        time.sleep(0.05)
    assert len(oid.numbers(REF)) == at_oid


def test_slow_work_is_given_up_at_the_promised_in_flight_time(oid, registry, register):
    oid.fail("register", "slow", seconds=30)
    began = time.monotonic()
    with pytest.raises(Unavailable) as unknown:
        register(1)
    assert time.monotonic() - began < registry.bounds().longest_in_flight_seconds + 1
    assert unknown.value.left
    assert oid.numbers(REF) == []


def test_a_request_that_waited_in_a_frozen_server_is_given_up_too(oid, registry, register, hasty):
    register(9)  # the server is warm
    oid.pause()
    try:
        with pytest.raises(Unavailable):
            register(1, by=hasty)
        time.sleep(registry._limits.connect + 1.0)  # the server is frozen for longer than its in-flight time
    finally:
        oid.resume()
    assert registry.find(REF) == ()
    time.sleep(0.3)
    assert oid.numbers(REF) == []


def test_a_server_beyond_its_bounds_can_be_had_on_demand(oid, register, hasty, registry):
    oid.fail("register", "slow", seconds=2.2, beyond_bounds=True)
    with pytest.raises(Unavailable):
        register(1, by=hasty)
    until = time.monotonic() + 5
    while not oid.numbers(REF) and time.monotonic() < until:
        time.sleep(0.05)
    assert len(oid.numbers(REF)) == 1


def test_a_look_up_lags_and_keeps_the_promised_lag(oid, registry, register):
    oid.fail("find", "lookup_lag", seconds=60)
    done = register(1)
    assert registry.find(REF) == ()
    time.sleep(registry.bounds().longest_lookup_lag_seconds)
    assert registry.find(REF) == (done,)
    oid.fail("find", "lookup_lag", seconds=60, beyond_bounds=True)
    assert registry.find(REF) == ()


def test_busy_asks_to_wait_and_nothing_has_happened(oid, register):
    oid.fail("register", "429", retry_after=7)
    with pytest.raises(Unavailable) as busy:
        register(1)
    assert (busy.value.busy, busy.value.left, busy.value.retry_after) == (True, False, 7.0)
    assert oid.numbers(REF) == []


def test_a_503_with_a_time_asks_to_wait_but_does_not_say_that_nothing_happened(oid, register):
    oid.fail("register", "503_after_commit", retry_after=100_000)
    with pytest.raises(Unavailable) as busy:
        register(1)
    assert (busy.value.busy, busy.value.left, busy.value.retry_after) == (True, True, 900.0)
    assert len(oid.numbers(REF)) == 1


def test_a_refused_key_is_told_apart(oid, register):
    oid.fail("register", "401")
    with pytest.raises(Unavailable) as refused:
        register(1)
    assert (refused.value.credential, refused.value.left) == (True, False)


def test_a_conflict_asks_to_look_up(oid, register):
    oid.fail("register", "409")
    with pytest.raises(AlreadyRegistered) as clash:
        register(1)
    assert clash.value.code == "reference_used"


def test_the_number_of_another_certificate_in_a_reply_is_seen_by_a_second_look(oid, registry, register):
    first = register(1)
    oid.fail("register", "duplicate_reply")
    second = register(2)
    assert (second.number, second.client_ref) == (first.number, client_ref(1, 2))  # nothing in the reply betrays it
    assert registry.read(second.number).client_ref == client_ref(1, 1)
    [found] = registry.find(client_ref(1, 2))
    assert found.number != first.number


def test_an_outage_is_ambiguous_everywhere_until_it_is_over(oid, registry, register):
    oid.fail("any", "outage", seconds=60)
    for call in (lambda: register(1), lambda: registry.find(REF), registry.bounds):
        with pytest.raises(Unavailable) as out:
            call()
        assert out.value.left
    oid.calm()
    assert register(1).status == "published"


def test_a_stopped_server_was_never_reached_and_comes_back_with_its_data(oid, registry, register):
    number = register(1).number
    oid.stop()
    try:
        with pytest.raises(Unavailable) as gone:
            Registry(oid.url, examples.KEYS["901"]).find(REF)
    finally:
        oid.start()
    # A pooled connection may have died under the request; a fresh one is refused and certainly never left.
    if not gone.value.left:
        assert gone.value.why == "connect"
    assert registry.find(REF)[0].number == number
    assert register(2).number != number


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "http://localhost.invalid:80"])
def test_an_address_that_cannot_be_reached_was_never_reached(url, monkeypatch):
    def no_such_host(*args, **kwargs):
        raise socket.gaierror(-2, "Name or service not known")

    if "invalid" in url:
        monkeypatch.setattr(socket, "getaddrinfo", no_such_host)
    with pytest.raises(Unavailable) as gone:
        Registry(url, "key").find("n1-X")
    assert (gone.value.left, gone.value.why) == (False, "connect")


@pytest.mark.parametrize(
    "reply",
    [
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:9/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nnot found",
        b'HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\n{"operation":{}}'[:-1],
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnull",
        b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n\xff\xfe\xff\xfe",
        b'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 18\r\n\r\n{"operation":null}',
        b"HTTP/1.1 200 OK\r\nContent-Length: 40000\r\n\r\n" + b"[" * 40000,
        b'HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"operation":null}',
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"",
    ],
)
def test_a_strange_answer_never_reads_as_nothing_is_held(reply):
    with Answering(reply) as url, pytest.raises(Unavailable) as unknown:
        Registry(url, "key", total=2.0).operation("9010000017")
    assert unknown.value.left


def test_headers_that_drip_end_at_the_total_deadline():
    with Answering(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 100, pause=0.1) as url:
        began = time.monotonic()
        with pytest.raises(Unavailable) as unknown:
            Registry(url, "key", read=0.5, total=0.8).find("n1-X")
        assert time.monotonic() - began < 3
        assert (unknown.value.left, unknown.value.why) == (True, "timeout")


def test_a_huge_reply_costs_no_memory(oid, registry):
    oid.fail("find", "huge", bytes=256 * 1024 * 1024)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Unavailable, match="oversize"):
        registry.find("n1-X")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20 * 1024


def test_a_seeded_mix_of_faults_repeats_itself_and_the_ladder_ends_with_one_certificate_each(
    oid, registry, register, hasty
):
    percent = {"500_before_commit": 15, "503_after_commit": 15, "malformed": 15, "reset_after_commit": 15}
    met, ambiguous = [], []
    for _ in range(2):
        oid.reset()
        assert oid.mix(seed=7, percent=percent, lookup_lag=0.0)["seed"] == 7
        for certificate_id in range(12):
            for _attempt in range(10):
                try:
                    found = registry.find(client_ref(1, certificate_id))
                    number = found[0].number if found else register(certificate_id).number
                    break
                except Unavailable as unknown:
                    ambiguous.append(unknown.left)
            assert oid.numbers(client_ref(1, certificate_id)) == [number]
        met.append(oid.arrivals("register"))
    assert met[0] == met[1]
    assert all(ambiguous)
    assert len({fault for fault in met[0] if fault}) >= 3


def test_the_client_is_shared_in_a_process_and_never_across_a_fork(oid, registry):
    import os

    registry.bounds()
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            answer = Registry(oid.url, examples.KEYS["901"]).operation("9010000017")
            os.write(write, answer.name.encode())
        finally:
            os._exit(0)
    os.close(write)
    os.waitpid(child, 0)
    assert os.read(read, 100) == b"Cooperativa Valle Verde"
    os.close(read)
    assert registry.bounds().idempotent


def test_the_portals_command_starts_the_same_server():
    oid = MockOid()
    oid.command = ("manage.py", "mock_oid")
    with oid:
        assert Registry(oid.url, "").bounds().longest_in_flight_seconds == 15.0


class Answering:
    """A socket that answers any request with fixed bytes, all at once or one every `pause` seconds, and closes."""

    def __init__(self, reply, pause=0.0):
        self._reply = reply
        self._pause = pause
        self._server = socket.create_server(("127.0.0.1", 0))

    def __enter__(self):
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return f"http://127.0.0.1:{self._server.getsockname()[1]}"

    def _serve(self):
        connection, _ = self._server.accept()
        with connection:
            connection.recv(65536)
            try:
                for index in range(len(self._reply) if self._pause else 0):
                    connection.sendall(self._reply[index : index + 1])
                    time.sleep(self._pause)
                if not self._pause:
                    connection.sendall(self._reply)
            except OSError:
                return

    def __exit__(self, *exc):
        self._thread.join(timeout=15)
        self._server.close()
