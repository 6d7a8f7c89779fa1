"""Which addresses are pushed to: the known push services by name, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quid.notifications.rules import push
from tests.support.subscriptions import packed

GOOD = {
    "https://fcm.googleapis.com/fcm/send/dX:APA91b-_": "fcm.googleapis.com",
    "https://fcm.googleapis.com:443/wp/abc": "fcm.googleapis.com",
    "https://updates.push.services.mozilla.com/wpush/v2/gAAA-_": "*.push.services.mozilla.com",
    "https://web.push.apple.com/QDaG%2Fx": "*.push.apple.com",
    "https://wns2-par02p.notify.windows.com/w/?token=BQYAAAB%2fx%3d": "*.notify.windows.com",
}
BAD = (
    "http://fcm.googleapis.com/x",
    "https://fcm.googleapis.com",
    "https://fcm.googleapis.com:8443/x",
    "https://fcm.googleapis.com:0/x",
    "https://fcm.googleapis.com:99999/x",
    "https://user@fcm.googleapis.com/x",
    "https://user:" + "pass@fcm.googleapis.com/x",
    "https://fcm.googleapis.com@evil.example/x",
    "https://evil.example/fcm.googleapis.com/x",
    "https://evil.example#@fcm.googleapis.com/x",
    "https://evil.example\\@fcm.googleapis.com/x",
    "https://fcm.googleapis.com.evil.example/x",
    "https://xfcm.googleapis.com/x",
    "https://push.apple.com/x",
    "https://evilpush.apple.com/x",
    "https://notify.windows.com/x",
    "https://FCM.googleapis.com/x",
    "https://fcm.googleapis.com./x",
    "https://fcm.googleapis.com/x y",
    "https://fcm.googleapis.com/x\r\nhost: a",
    "https://fcm.googleapis.com/x\t",
    "https://fcm.googleapis.com/\u0430",
    "https://127.0.0.1/x",
    "https://localhost/x",
    "https://[::1]/x",
    "https://169.254.169.254/latest/meta-data/",
    "https://2130706433/x",
    "https://10.0.0.1/x",
    "file:///etc/passwd",
    "//fcm.googleapis.com/x",
    "",
)


@pytest.mark.parametrize("endpoint", GOOD)
def test_the_services_of_browsers_are_known(endpoint: str) -> None:
    assert push.push_host(endpoint, push.PUSH_HOSTS) == GOOD[endpoint]


@pytest.mark.parametrize("endpoint", BAD)
def test_nothing_else_is_called(endpoint: str) -> None:
    assert push.push_host(endpoint, push.PUSH_HOSTS) is None


LABEL = st.from_regex(r"[a-z0-9.@:/\\#?\[\]%-]{0,30}", fullmatch=True)


@given(before=LABEL, after=LABEL)
def test_whatever_stands_around_a_name_the_host_is_of_that_service(before: str, after: str) -> None:
    endpoint = f"https://{before}push.apple.com{after}"
    if push.push_host(endpoint, push.PUSH_HOSTS) is not None:
        host = endpoint.removeprefix("https://").split("/")[0].removesuffix(":443")
        assert host.endswith((".push.apple.com", ".push.services.mozilla.com")) or (
            host == "fcm.googleapis.com" or host.endswith(".notify.windows.com")
        )


@pytest.mark.parametrize(
    ("host", "is_good"),
    [
        ("push.example.org", True),
        ("*.push.example.org", True),
        ("localhost:4433", True),
        ("https://push.example.org", False),
        ("push.*.org", False),
        ("*", False),
        ("a b", False),
        ("", False),
    ],
)
def test_an_entry_of_the_list_is_a_name(host: str, is_good: bool) -> None:
    assert push.is_host(host) is is_good


def test_another_port_is_one_that_the_list_names() -> None:
    hosts = ("localhost:4433",)
    assert push.push_host("https://localhost:4433/x", hosts) == "localhost:4433"
    assert push.push_host("https://localhost/x", hosts) is None
    assert push.origin("https://localhost:4433/x?y") == "https://localhost:4433"


@given(raw=st.binary(min_size=16, max_size=16))
def test_keys_are_read_with_and_without_padding(raw: bytes) -> None:
    assert push.unpacked(packed(raw), 16) == push.unpacked(packed(raw) + "==", 16) == raw


@pytest.mark.parametrize("text", ["", "AAAA", "!" * 22, "A" * 23, "ö" * 22, "A" * 21 + "+"])
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"base64url|length"):
        push.unpacked(text, 16)
