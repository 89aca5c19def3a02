"""Addresses and their secrets: none is written or told, whatever is in a path."""

import pytest

from hearingai.errors import AudioFileError, HearingAIError, readable, unsigned
from hearingai.runtime.addresses import refuse_secrets

SIGNED = [
    "https://acct.blob.core.windows.net/birds/site 1/a.wav?sv=2024-05-04&sig=hunter2",
    "https://host/it's/a.wav?X-Amz-Signature=hunter2",
    "https://host/`quoted`/a.wav?X-Goog-Signature=hunter2",
    'https://host/"quoted"/a.wav?token=hunter2',
    "https://host/site#1/a.wav?sig=hunter2",
    "https://host/what?/a.wav?sig=hunter2",
    "https://host/what? now/a.wav?sig=hunter2",
    "https://host/a.wav?name=site 1&sig=hunter2",
    "https://host/[2024]/a.wav?sig=hunter2",
    "https://me:hunter2@host/site 1/a.wav",
    "abfss://me:hunter2@account.dfs.core.windows.net/a.wav",
    "https:/host/site 1/a.wav?sig=hunter2",
    "https://me:first@hunter2@host/a.wav",
    "https://host/a.wav?next=http://other/b&token=hunter2",
    "https://host/a.wav?hdnts=exp=1~hmac=hunter2",
    "https://host/a.wav?jwt=hunter2",
    "https://host/a.wav?auth=hunter2",
]


@pytest.mark.parametrize("address", SIGNED)
def test_an_address_with_a_secret_is_refused_and_never_told(address):
    with pytest.raises(HearingAIError, match="`recordings`: an address with a pass") as error:
        refuse_secrets("recordings", ["s3://bucket/a.wav", address])
    told = [str(error.value), unsigned(address), str(AudioFileError(address, "is empty"))]
    told += [readable(f"{address} is gone: look at `{address}` and 'https://host/b.wav'")]
    assert not any("hunter2" in text for text in told)
    assert told[2].endswith(": is empty")


@pytest.mark.parametrize(
    "address",
    [
        "abfss://birds@account.dfs.core.windows.net/site 1/a.wav",
        "abfs://birds@account.dfs.core.windows.net/",
        "az://birds@account.dfs.core.windows.net/a.wav",
        "hf://datasets/me/birds@main/a.wav",
        "s3://bucket/what?.wav",
        "https://host/a.wav?version=3",
        "https://host/a.wav?author=Bach",
        "https://host:8080/a@b.wav",
        "what?key=1.wav",
    ],
)
def test_what_is_no_secret_stays(address):
    refuse_secrets("recordings", [address])
    assert unsigned(address) == address
    assert str(AudioFileError(address, "is empty")) == f"{address}: is empty"


def test_of_a_text_only_the_secret_is_left_out():
    text = (
        "left out `https://host/a b.wav?sig=1` and 'https://host/c.wav?key=2', 2 files: is it so?"
    )
    assert readable(text) == (
        "left out `https://host/a b.wav?...` and 'https://host/c.wav?...', 2 files: is it so?"
    )
    plain = "https://host/a.wav is gone. What is `sig`? Your key, or https://host/b?c=1 & a token"
    assert readable(plain) == plain


def test_of_a_whole_address_a_password_with_slashes_is_left_out_too():
    assert unsigned("https://me:hunter/2@host/a.wav") == "https://host/a.wav"


@pytest.mark.parametrize("part", ["?", "a:/?", "a.", "?key", "&x", ":/"])
def test_texts_of_strangers_take_time_by_their_length_alone(part):
    text = f"a:/{part * 200_000}:/"  # a square of that length would take hours
    assert readable(text)[:3] == "a:/"
