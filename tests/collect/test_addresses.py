"""Whatever way a private address is written, it is seen to be one; public ones are left alone."""

import ipaddress
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from carecmon.collect.addresses import ForbiddenError, check_url
from carecmon.collect.classify import retry_after
from carecmon.collect.redact import Redactor

PRIVATE = st.sampled_from(
    ["127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "0.0.0.0/8"]
)


def parts(number, count):
    """Write an IPv4 address in so many parts, the last of them taking all that is left."""
    octets = [number >> shift & 255 for shift in (24, 16, 8, 0)]
    return [*octets[: count - 1], number & (1 << 8 * (5 - count)) - 1]


@given(PRIVATE, st.integers(0), st.integers(1, 4), st.lists(st.sampled_from(["{}", "{:#x}", "0{:o}"]), min_size=4))
def test_a_private_address_is_refused_in_any_number_of_parts_and_in_any_base(network, seed, count, forms):
    block = ipaddress.ip_network(network)
    number = int(block[seed % block.num_addresses])
    host = ".".join(form.format(part) for form, part in zip(forms, parts(number, count), strict=False))
    with pytest.raises(ForbiddenError):
        check_url(f"http://{host}/", ())


@given(PRIVATE, st.integers(0), st.sampled_from(["::ffff:", "64:ff9b::"]))
def test_a_private_address_is_refused_inside_an_address_of_version_6(network, seed, prefix):
    block = ipaddress.ip_network(network)
    with pytest.raises(ForbiddenError):
        check_url(f"http://[{prefix}{block[seed % block.num_addresses]}]/", ())


@pytest.mark.parametrize("host", ["api.worldbank.org", "8.8.8.8", "[2606:4700::1111]", "xn--e1afmkfd.example.org"])
def test_a_public_host_is_allowed(host):
    check_url(f"https://{host}/v2?x=1", ())


@given(st.text(max_size=40), st.text(max_size=40))
def test_whatever_a_server_says_about_waiting_is_a_number_of_seconds_within_bounds_or_nothing(said, date):
    wait = retry_after({"retry-after": said, "date": date})
    assert wait is None or 0 <= wait <= 6 * 3600


WORDS = st.text("ABCXYZ .,:/?&=-", max_size=30)


@given(st.text("abcdef0123456789+/=%", min_size=6, max_size=30), WORDS, WORDS)
def test_a_secret_is_in_no_text_that_was_redacted_as_it_is_or_as_addresses_write_it(secret, before, after):
    written = quote(secret, safe="")
    redacted = Redactor([secret]).text(f"{before}{secret}{after}{written}{before}")
    assert secret not in redacted and written not in redacted


def test_a_secret_too_short_to_be_one_does_not_spoil_figures():
    assert Redactor(["12"]).body(b"112 120") == b"112 120"
