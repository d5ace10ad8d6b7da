import socket

import pytest

from tests.ports import reserved_port


def test_a_reserved_port_is_refused_until_a_server_listens_on_it() -> None:
    """Nobody is connected before and after; a server may listen, end, and listen again."""
    with reserved_port() as port:
        for _ in range(2):
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", port))
            with socket.create_server(("127.0.0.1", port)) as server, socket.create_connection(("127.0.0.1", port)):
                server.accept()[0].close()


def test_a_reserved_port_is_given_to_nobody_who_asks_for_any() -> None:
    """Many sockets that ask for a free port get others, each its own."""
    with reserved_port() as port:
        sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(200)]
        given = {each.getsockname()[1] for each in sockets}
        for each in sockets:
            each.close()
    assert len(given | {port}) == 201
