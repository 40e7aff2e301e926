"""What several files need, made once."""

import pytest
from laboratory import lab


@pytest.fixture(scope="session", name="folder")
def _folder(tmp_path_factory):
    """The report as a folder: all attacks, with few repeats."""
    folder = tmp_path_factory.mktemp("report") / "all"
    done = lab("report", "--repeat", 4, "--folder", folder, timeout=1200)
    assert done.returncode == 0, done.stderr
    return folder
