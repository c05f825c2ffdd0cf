"""Servers that take their time over an answer, or never end it."""

from tests.support.canned_server import Connection


def drip(connection: Connection) -> None:
    connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(100):
        connection.send(b"x")
        connection.pause(0.1)


def drip_in_the_headers(connection: Connection) -> None:
    connection.send(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    for _ in range(100):
        connection.send(b"x")
        connection.pause(0.1)


def hang(connection: Connection) -> None:
    connection.pause(30)


def hang_in_the_body(connection: Connection) -> None:
    connection.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{")
    connection.pause(30)


def truncated(connection: Connection) -> None:
    connection.send(b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{"access')
