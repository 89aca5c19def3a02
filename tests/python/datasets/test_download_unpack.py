"""Archives: unpacked whole or not at all, never out of their folder."""

import io
import tarfile
import zipfile

import pytest

from hearingai.datasets.download import unpack
from hearingai.errors import HearingAIError


def make_tar(path, *members, mode="w:gz"):
    """Members are `(name, text)` or a `TarInfo`."""
    with tarfile.open(path, mode) as tar:
        for member in members:
            if isinstance(member, tarfile.TarInfo):
                tar.addfile(member)
            else:
                info = tarfile.TarInfo(member[0])
                info.size = len(member[1])
                tar.addfile(info, io.BytesIO(member[1].encode()))
    return path


def info(name, kind, target=""):
    member = tarfile.TarInfo(name)
    member.type, member.linkname = kind, target
    return member


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_unpack_tar(tmp_path, mode):
    members = [("./yes/a.wav", "one"), ("README", "two"), info("link", tarfile.SYMTYPE, "README")]
    archive = make_tar(tmp_path / "a", *members, mode=mode)
    unpack(archive, tmp_path / "deep" / "out")
    out = tmp_path / "deep" / "out"
    assert sorted(p.name for p in out.iterdir()) == ["README", "link", "yes"]
    assert (out / "yes" / "a.wav").read_text() == "one"
    assert (out / "link").read_text() == "two"


def test_unpack_zip(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("yes/a.wav", "one")
    unpack(tmp_path / "a.zip", tmp_path / "out")
    assert (tmp_path / "out" / "yes" / "a.wav").read_text() == "one"


UNSAFE = {
    "climbs": ("../evil", "x"),
    "climbs inside": ("yes/../../evil", "x"),
    "absolute": ("/tmp/evil", "x"),
    "drive": ("C:\\evil", "x"),
    "backslash": ("..\\evil", "x"),
    "link": info("yes", tarfile.SYMTYPE, "../.."),
    "absolute link": info("yes", tarfile.SYMTYPE, "/etc"),
    "hard link": info("yes", tarfile.LNKTYPE, "../evil"),
    "device": info("null", tarfile.CHRTYPE),
    "fifo": info("pipe", tarfile.FIFOTYPE),
}


@pytest.mark.parametrize("filtered", [True, False])
@pytest.mark.parametrize("member", UNSAFE.values(), ids=UNSAFE.keys())
def test_an_unsafe_tar_is_refused(tmp_path, member, filtered, monkeypatch):
    if not filtered:
        monkeypatch.delattr(tarfile, "data_filter", raising=False)
    archive = make_tar(tmp_path / "a.tar.gz", ("good", "x"), member)
    with pytest.raises(HearingAIError, match="is unsafe: "):
        unpack(archive, tmp_path / "out")
    assert list(tmp_path.iterdir()) == [archive]


@pytest.mark.parametrize("name", ["../evil", "/evil", "C:/evil"])
def test_an_unsafe_zip_is_refused(tmp_path, name):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("good", "x")
        archive.writestr(name, "x")
    with pytest.raises(HearingAIError, match="leads out of the folder"):
        unpack(tmp_path / "a.zip", tmp_path / "out")
    assert list(tmp_path.iterdir()) == [tmp_path / "a.zip"]


def test_unpack_overwrites_nothing(tmp_path):
    archive = make_tar(tmp_path / "a.tar.gz", ("mine", "theirs"), ("new", "x"))
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine").write_text("mine")
    with pytest.raises(HearingAIError, match="already holds mine; nothing was overwritten"):
        unpack(archive, out)
    assert (out / "mine").read_text() == "mine"
    assert [p.name for p in out.iterdir()] == ["mine"]


def test_a_damaged_archive_leaves_nothing(tmp_path):
    archive = make_tar(tmp_path / "a.tar.gz", ("a", "x" * 9999), ("b", "0123456789" * 700))
    data = archive.read_bytes()
    for damaged in (data[: len(data) // 2], b"not an archive", b""):
        archive.write_bytes(damaged)
        with pytest.raises(HearingAIError, match="cannot be unpacked"):
            unpack(archive, tmp_path / "out")
        assert list(tmp_path.iterdir()) == [archive]
    with pytest.raises(HearingAIError, match="`archive` must be a file"):
        unpack(tmp_path / "gone", tmp_path / "out")
