"""Finding, starting and losing a daemon."""

import json
import os
import pickle
import signal
import subprocess
import sys

import numpy as np
import pytest

import defcon_fiji
from defcon_fiji import DefconError

from .conftest import SCRIPT


@pytest.fixture
def empty_home(tmp_path, monkeypatch, home):
    """A home of its own without a daemon."""
    monkeypatch.setenv("DEFCON_FIJI_HOME", str(tmp_path))
    return tmp_path


def test_no_daemon_is_told_where_none_may_be_started(empty_home):
    with pytest.raises(DefconError, match="defcon-fiji serve") as caught:
        defcon_fiji.connect(start=False)
    assert caught.value.code == "DAEMON_UNREACHABLE"


def test_the_missing_program_is_told(empty_home, monkeypatch):
    monkeypatch.setenv("PATH", str(empty_home))
    with pytest.raises(DefconError, match="npm install -g") as caught:
        defcon_fiji.connect()
    assert caught.value.code == "DAEMON_START"


def test_a_daemon_that_cannot_start_says_why(empty_home, home):
    launcher = json.loads((home / "launcher.json").read_text())
    broken = empty_home / "broken.js"
    broken.write_text("console.log('no space for me'); process.exit(3)")
    (empty_home / "launcher.json").write_text(json.dumps({**launcher, "script": str(broken)}))
    with pytest.raises(DefconError, match=r"code 3.*no space for me") as caught:
        defcon_fiji.connect()
    assert caught.value.code == "DAEMON_START"


@pytest.mark.parametrize("text", ["", "[]", '{"host": "127.0.0.1"}', '{"host": 1, "port": "x"}'])
def test_a_damaged_discovery_file_is_named(empty_home, text):
    (empty_home / "daemon.json").write_text(text)
    with pytest.raises(DefconError, match=r"daemon.json.*delete this file") as caught:
        defcon_fiji.connect(start=False)
    assert caught.value.code == "DAEMON_UNREACHABLE"


def test_a_wrong_token_is_refused(daemon, home):
    port = json.loads((home / "daemon.json").read_text())["port"]
    with pytest.raises(DefconError) as caught:
        defcon_fiji.connect(f"ws://127.0.0.1:{port}/", "not the token")
    assert caught.value.code == "PROTOCOL_TOKEN"


def test_a_daemon_with_a_certificate_is_known_by_it(empty_home):
    key, cert = empty_home / "key.pem", empty_home / "cert.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=microscope"]
    subprocess.run([*made, "-keyout", key, "-out", cert], check=True, capture_output=True)
    daemon = started("serve", "--port", "0", "--tls-cert", cert, "--tls-key", key)
    try:
        with defcon_fiji.connect(start=False) as connection:
            assert connection.count(np.full((16, 16), 100, "u2")).count == 0
        place = empty_home / "daemon.json"
        found = json.loads(place.read_text())
        place.write_text(json.dumps({**found, "certificate": "AA:" * 31 + "AA"}))
        with pytest.raises(DefconError, match="another certificate"):
            defcon_fiji.connect(start=False)
        place.write_text(json.dumps(found))
    finally:
        daemon.send_signal(signal.SIGTERM)
        daemon.wait(60)


def test_a_lost_daemon_fails_what_waits_and_stops_offers(empty_home):
    daemon = started("serve", "--port", "0")
    connection = defcon_fiji.connect(start=False)
    stream = connection.stream(shape=(16, 16), dtype="uint8", latest=True)
    frame = np.full((16, 16), 100, "u1")
    stream.count(frame)
    daemon.kill()
    daemon.wait(60)
    with pytest.raises(DefconError) as caught:
        list(stream.results())
    assert caught.value.code == "CONNECTION_LOST"
    assert stream.offer(frame) is False
    assert stream.error.code == "CONNECTION_LOST"
    with pytest.raises(DefconError):
        connection.count(frame)
    connection.close()
    with pytest.raises(DefconError):
        connection.count(frame)


def test_a_program_that_forgets_to_close_ends(home):
    code = "import defcon_fiji; d = defcon_fiji.connect(); print(d.count([[1, 2], [3, 4]]).count)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    float(done.stdout)


def test_errors_travel_between_processes():
    sent = DefconError("INPUT_SIZE", "a frame is too large. Crop it.", "Crop it.")
    received = pickle.loads(pickle.dumps(sent))
    assert (received.code, str(received), received.advice) == (sent.code, str(sent), sent.advice)


def started(*arguments):
    """A daemon of this test's own, once it has told its place."""
    command = ["node", str(SCRIPT), *(str(each) for each in arguments)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    place = os.path.join(os.environ["DEFCON_FIJI_HOME"], "daemon.json")
    while not os.path.exists(place):
        line = process.stdout.readline()
        assert line or process.poll() is None, f"the daemon ended with code {process.poll()}"
    return process
