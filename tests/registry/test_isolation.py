"""What is heard of a child process that ends at an awkward moment."""

import time

from carecmon.registry.isolation import Child

LATE = b"""
import sys, time
from carecmon.registry.isolation import connect
emit = connect(int(sys.argv[1]))
time.sleep(0.5)
emit(("bye",))
"""


class EndsWhileWeLook(Child):
    """A child that sends its last frame and ends between our look into the pipe and our look at its state."""

    def _exit_status(self):
        while (status := super()._exit_status()) is None:
            time.sleep(0.01)
        return status


def test_what_a_child_sent_just_before_it_ended_is_heard(monkeypatch, tmp_path):
    (tmp_path / "late.py").write_bytes(LATE)
    monkeypatch.syspath_prepend(str(tmp_path))
    with EndsWhileWeLook("late", {}) as child:
        assert child.receive(time.monotonic() + 30) == ("bye",)
