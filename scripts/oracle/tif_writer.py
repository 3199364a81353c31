"""Writes tif files tag by tag, for files that tifffile would not write."""
import struct

SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 18: 8}
CODES = {1: "B", 3: "H", 4: "I", 5: "I", 8: "h", 9: "i", 10: "i", 11: "f", 12: "d", 13: "I", 16: "Q", 18: "Q"}


class Tif:
    """A file under construction: blobs of data and directories, in the order of the calls."""

    def __init__(self, order="<", big=False):
        self.order, self.big = order, big
        mark = b"II" if order == "<" else b"MM"
        self.bytes = bytearray(mark + struct.pack(order + ("HHHQ" if big else "HI"), *((43, 8, 0, 0) if big else (42, 0))))
        self.link = 8 if big else 4

    def data(self, blob):
        """Appends bytes. Gives their offset."""
        if len(self.bytes) % 2:
            self.bytes += b"\0"
        at = len(self.bytes)
        self.bytes += blob
        return at

    def set_link(self, offset):
        struct.pack_into(self.order + ("Q" if self.big else "I"), self.bytes, self.link, offset)

    def directory(self, tags):
        """Appends a directory and links it. tags: {number: (type, values)}; text is of bytes, fractions are pairs in a row."""
        room, count_code, size_code = (8, "Q", "Q") if self.big else (4, "I", "H")
        entries = []
        for tag in sorted(tags):
            kind, values = tags[tag]
            if kind in (2, 7):
                raw, count = bytes(values), len(values)
            else:
                raw = struct.pack(f"{self.order}{len(values)}{CODES[kind]}", *values)
                count = len(raw) // SIZES[kind]
            if len(raw) > room:
                raw = struct.pack(self.order + count_code, self.data(raw))
            entries.append(struct.pack(self.order + "HH" + count_code, tag, kind, count) + raw.ljust(room, b"\0"))
        at = self.data(struct.pack(self.order + size_code, len(entries)) + b"".join(entries))
        self.set_link(at)
        self.link = len(self.bytes)
        self.bytes += bytes(room)
        return at

    def page(self, frame, change=None, blob=None, strips=1):
        """Appends a frame and its directory. change: tags in place of the usual ones, or None to leave one out."""
        height, width = frame.shape
        kind = {"u": 1, "i": 2, "f": 3}[frame.dtype.kind]
        rows = -(-height // strips)
        parts = [frame[top : top + rows] for top in range(0, height, rows)] if blob is None else [None]
        order = ">" if self.order == ">" else "<"
        blobs = [part.astype(part.dtype.newbyteorder(order)).tobytes() for part in parts] if blob is None else [blob]
        offsets = [self.data(part) for part in blobs]
        tags = {
            256: (3, [width]),
            257: (3, [height]),
            258: (3, [8 * frame.itemsize]),
            259: (3, [1]),
            262: (3, [1]),
            273: (4, offsets),
            277: (3, [1]),
            278: (3, [rows]),
            279: (4, [len(part) for part in blobs]),
            339: (3, [kind]),
        }
        for tag, value in (change or {}).items():
            if value is None:
                tags.pop(tag, None)
            else:
                tags[tag] = value(offsets) if callable(value) else value
        return self.directory(tags)

    def write(self, path, tail=b""):
        with open(path, "wb") as file:
            file.write(self.bytes + tail)
