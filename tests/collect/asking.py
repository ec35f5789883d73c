"""What tests of the client do alike: a source that is asked, one request, and one that fails."""

import pytest

from carecmon import Ask, Source, SourceError, Text


def source(**more):
    fields = {"rate": 0.0, "fetch": lambda client, state: iter(()), **more}
    return Source("feed", "P", Text("Feed"), "", "", "", parse=list, **fields)


def get(client, path="/data", **more):
    return client.get(Ask(f"{client.base}{path}", **more))


def error(client, path="/data", **more):
    with pytest.raises(SourceError) as caught:
        get(client, path, **more)
    return caught.value
