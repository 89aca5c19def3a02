"""Write wheels of the given names and versions into a folder, with nothing in them."""

import sys
import zipfile

FOLDER, *PAIRS = sys.argv[1:]
METADATA = "Metadata-Version: 2.1\nName: {}\nVersion: {}\n"
WHEEL = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"

for name, version in zip(PAIRS[::2], PAIRS[1::2], strict=True):
    stem = f"{name.replace('-', '_')}-{version}"
    info = f"{stem}.dist-info"
    with zipfile.ZipFile(f"{FOLDER}/{stem}-py3-none-any.whl", "w") as wheel:
        wheel.writestr(f"{info}/METADATA", METADATA.format(name, version))
        wheel.writestr(f"{info}/WHEEL", WHEEL)
        wheel.writestr(
            f"{info}/RECORD", "".join(f"{info}/{f},,\n" for f in ("METADATA", "WHEEL", "RECORD"))
        )
