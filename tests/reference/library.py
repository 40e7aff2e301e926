"""The library's interface as far as the references need it, through ctypes."""

import ctypes
import os
from pathlib import Path

BUILD = Path(os.environ.get("MACAW_BUILD", Path(__file__).resolve().parents[2] / "build"))
LIBRARY = ctypes.CDLL(str(BUILD.resolve() / "src" / "libmacaw.so"))
LIBRARY.macaw_alg_find.restype = ctypes.c_void_p
LIBRARY.macaw_alg_kernel.restype = ctypes.c_char_p
LIBRARY.macaw_alg_kernel.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
LIBRARY.macaw_key_tag_len.argtypes = [ctypes.c_void_p]
LIBRARY.macaw_key_tag_len.restype = ctypes.c_size_t
LIBRARY.macaw_key_free.argtypes = [ctypes.c_void_p]
UNAVAILABLE = -10


class Options(ctypes.Structure):
    _fields_ = [("tag_len", ctypes.c_size_t), ("kernel", ctypes.c_char_p),
                ("flags", ctypes.c_uint32), ("msg_len", ctypes.c_uint64)]


class Message(ctypes.Structure):
    _fields_ = [("nonce", ctypes.c_char_p), ("data", ctypes.c_char_p), ("len", ctypes.c_size_t)]


def kernels(name):
    alg, found = LIBRARY.macaw_alg_find(name.encode()), []
    while (kernel := LIBRARY.macaw_alg_kernel(alg, len(found))) is not None:
        found.append(kernel.decode())
    return found


class Key:
    """A key with one kernel; None in its place where this CPU has not got it."""

    def __init__(self, name, secret, kernel):
        self.pointer = ctypes.c_void_p()
        alg = ctypes.c_void_p(LIBRARY.macaw_alg_find(name.encode()))
        options = Options(kernel=kernel.encode())
        status = LIBRARY.macaw_key_new(ctypes.byref(self.pointer), alg, secret,
                                       ctypes.c_size_t(len(secret)), ctypes.byref(options))
        self.available = status != UNAVAILABLE
        assert status in (0, UNAVAILABLE), status

    def tag(self, nonce, message):
        size = LIBRARY.macaw_key_tag_len(self.pointer)
        out = ctypes.create_string_buffer(size)
        text = Message(nonce, message, len(message))
        status = LIBRARY.macaw_tag(self.pointer, ctypes.byref(text), out, ctypes.c_size_t(size))
        assert status == 0, status
        return out.raw

    def __del__(self):
        LIBRARY.macaw_key_free(self.pointer)
